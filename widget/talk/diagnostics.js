/**
 * @file What goes along with a new ticket, shown before it goes (W4). The page and what the host says of it go always (T1);
 * technical details only when the visitor agrees, after `redact` took secrets out: the code that the edge runs again.
 */
import { contextOf } from '../page.js';
import { engine } from './engine.js';
import { watchErrors } from './errors.js';

/** Letters of one value and of one error, values that a host may give, and letters of a name; as in `shared/src/ticket/context.rs`. */
const CONTEXT_CHARS_MAX = 2_000;
const ERROR_CHARS_MAX = 300;
const CUSTOM_MAX = 20;
const CUSTOM_NAME_CHARS_MAX = 40;

/** @param {ReturnType<import('./kit.js').makeKit>} kit */
export const diagnostics = (kit) => {
  const { el, say, config, life } = kit;
  let redact; // here once somebody has agreed
  let errors, isAgreed, isTaken;
  let draw = () => {};

  /** What stands in the host's own objects; what throws while it is read says nothing, and keeps no ticket back. */
  const said = (read) => {
    try {
      return read() ?? '';
    } catch {
      return '';
    }
  };

  /** First without secrets, then short: half a secret would not be known as one. What is no letter is left out. */
  const fit = (value, most = CONTEXT_CHARS_MAX) => {
    const text = said(() => String(value ?? '')).slice(0, 4 * CONTEXT_CHARS_MAX);
    return [...(redact ? redact(text) : text)].slice(0, most).join('').replace(/\p{Cs}/gu, '').trim();
  };

  /** In a frame of our own the visitor's page is the one that led here. */
  const address = () => (config.mode ? document.referrer : location.href);

  /** What the host said of itself, as far as it is taken. */
  const custom = () =>
    contextOf(config)
      .slice(0, CUSTOM_MAX)
      .map(([name, value]) => [[...name].slice(0, CUSTOM_NAME_CHARS_MAX).join(''), fit(value)]);

  /** No query and no fragment: that is where pages keep tokens and names. */
  const page = () => ({
    url: fit((said(() => String(config.page || '')) || address()).split(/[?#]/)[0]),
    title: config.mode ? '' : fit(document.title),
    custom: Object.fromEntries(custom().filter(([, value]) => value)),
  });

  const details = () => ({
    full_url: fit(address()),
    user_agent: fit(navigator.userAgent),
    viewport: innerWidth + 'x' + innerHeight,
    app_version: fit(config.appVersion),
    errors: errors.map((error) => fit(error, ERROR_CHARS_MAX)).filter(Boolean),
  });

  const context = () => ({ ...page(), ...(isAgreed && details()) });

  const rows = ({ url, title, custom, full_url, user_agent, viewport, app_version, errors = [] }) =>
    [
      [say('form.context_page'), url],
      [say('form.context_title'), title],
      ...Object.entries(custom),
      [say('form.context_address'), full_url],
      [say('form.context_browser'), user_agent],
      [say('form.context_window'), viewport],
      [say('form.context_version'), app_version],
      ...errors.map((error) => [say('form.context_error'), error]),
    ].flatMap(([name, value]) => (value ? [el('dt', '', name), el('dd', '', value)] : []));

  return {
    /** Draws the list of what goes along, and the question whether technical details may. */
    draw(place) {
      if (isTaken) isAgreed = isTaken = false; // asked anew for each ticket
      errors ||= watchErrors(life.signal, () => draw());
      const list = el('dl', '');
      const whole = el('details', 'context', el('summary', '', say('form.context')), list);
      const agree = Object.assign(el('input', ''), { type: 'checkbox', checked: Boolean(isAgreed) });
      agree.dataset.buoy = 'diagnostics';
      const hint = el('p', 'muted consent-hint', say('form.diagnostics_hint'));
      hint.id = 'buoy-consent-hint';
      agree.setAttribute('aria-describedby', hint.id);
      draw = () => place.isConnected && list.replaceChildren(...rows(context()));
      whole.ontoggle = () => draw(); // the host may have said more meanwhile
      agree.onchange = async () => {
        isAgreed = false;
        if (agree.checked) {
          try {
            redact = (await engine(kit)).redact;
            isAgreed = agree.checked && agree.isConnected; // a form that was left meanwhile speaks for no other
            whole.open = true;
          } catch {
            agree.checked = false;
            hint.textContent = say('form.diagnostics_failed');
            hint.setAttribute('role', 'alert');
          }
        }
        draw();
      };
      place.replaceChildren(el('label', 'consent', agree, el('span', '', say('form.diagnostics'))), hint, whole);
      list.replaceChildren(...rows(context()));
    },
    /** What goes along with the ticket that is sent now. */
    take() {
      isTaken = true;
      return context();
    },
    /** Somebody else is here. */
    clear() {
      isAgreed = false;
      if (errors) errors.length = 0; // what the page said of them
    },
  };
};
