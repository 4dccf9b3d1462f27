-- Two numbers of a policy that nothing ever asked are gone from its form; the checked copies must not name them.
UPDATE sites SET policy_json = json_remove(policy_json, '$.limits.requests_per_address_minute', '$.limits.requests_per_site_minute');
