/** @file Which page this is, for the team: what the host calls it, or its path. What follows `?` or `#` may be about a person. */

export const pageOf = (config) => String(config.page || location.pathname).split(/[?#]/)[0];
