/** The attributes of the script tag, as an object. */
export interface BuoySettings {
  /** Where your Buoy is: `https://support.example.com`. */
  origin: string;
  /** The site, `site_…`. */
  site: string;
  /** A language tag; left out, the page's own language, else the browser's. */
  locale?: string;
  /** `auto` follows the visitor's system. */
  theme?: 'light' | 'dark' | 'auto';
  /** The side of the launcher. */
  position?: 'left' | 'right';
  /** `none`, or a CSS selector of your own button. */
  launcher?: 'auto' | 'none' | (string & {});
  /** Where the widget stands among your own layers; left out, above all of them. */
  zIndex?: number;
  /** Keys of the components that this page needs, with commas: which banners concern it. */
  components?: string;
  /** The customer's tier, for banners that concern some tiers only. */
  tier?: string;
  /** The customer's plan, likewise. */
  plan?: string;
  /** Whose calls your page already makes; see "Moving from another messenger" in `docs/embed.md`. */
  shim?: 'intercom' | 'beacon' | 'chatwoot' | 'zendesk';
  /** The version of your app, part of the technical details that a visitor may agree to send. */
  appVersion?: string;
  /** The nonce of your content security policy. */
  nonce?: string;
}

/** What a new ticket begins with. */
export interface TicketPrefill {
  subject?: string;
  body?: string;
  /** Key of one of the site's categories. */
  category?: string;
  /** Only for visitors whom you do not identify. */
  email?: string;
}

/** What may change while the page lives. */
export interface LiveSettings {
  locale?: string;
  theme?: 'light' | 'dark' | 'auto';
  /** Your name for the page, sent along with a ticket instead of its address. */
  page?: string;
  components?: string;
  tier?: string;
  plan?: string;
  appVersion?: string;
  /** What comes with a ticket: up to 20 values, by names of up to 40 letters. */
  context?: Record<string, string | number | boolean>;
}

/** A view of the panel. */
export type View = 'home' | 'search' | 'article' | 'new' | 'ticket' | 'tickets' | 'exit';

/** What each event tells. */
export interface BuoyEvents {
  ready: number;
  open: undefined;
  close: undefined;
  /** Answers that the visitor has not seen; fires at once when it is registered. */
  unread: number;
  'ticket-created': { id: string; number: number };
  message: { ticket: string; mine: boolean };
  'banner-shown': { incident: string; update: string };
  'banner-dismissed': { incident: string; update: string };
  'article-viewed': { slug: string; locale: string };
  search: { results: number; fits: boolean };
  /** Why the panel could not be had; an object whose `code` is `identity-refused` where nobody is signed in by the identity that you gave. */
  error: unknown;
}

/** Hears of an event. */
export type Listener<E extends keyof BuoyEvents> = (detail: BuoyEvents[E]) => void;

/** The one function. Each call gives a promise; a wrong one refuses it and throws nothing into your page. */
export interface Buoy {
  (method: 'open', view?: View, about?: string | TicketPrefill): Promise<void>;
  (method: 'close' | 'toggle' | 'show' | 'hide' | 'logout' | 'destroy'): Promise<void>;
  /** No value says nothing about a visitor without a name, and logs out one with a name. */
  (method: 'identify', identity: string | (() => Promise<string>) | null | undefined): Promise<void>;
  (method: 'search', text: string): Promise<void>;
  (method: 'article', slug: string): Promise<void>;
  (method: 'newTicket', prefill?: TicketPrefill): Promise<void>;
  (method: 'ticket', id: string): Promise<void>;
  (method: 'set', settings: LiveSettings): Promise<void>;
  (method: 'version'): Promise<string>;
  <E extends keyof BuoyEvents>(method: 'on' | 'once' | 'off', event: E, listener: Listener<E>): Promise<void>;
  /** The version of the script; there once it has loaded. */
  readonly version: string;
}

/** Puts the widget into the page, once; gives the function. Until then `window.Buoy` keeps what it is asked. */
export function loadBuoy(settings: BuoySettings): Promise<Buoy>;

/** Takes it away again: the page is as it was found. */
export function unloadBuoy(): Promise<void>;

declare global {
  interface Window {
    Buoy?: Buoy;
  }
}
