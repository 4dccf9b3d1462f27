// The worker's entry: hands the platform's events to the wasm module, and replaces its instance after a panic.
//
// A panic is a trap: it leaves the instance's memory as it was in the middle of something, so no later request may use
// it. The `worker` crate notes a panic in `state`; the next event then starts with a fresh instance. Requests that were
// under way in the old one fail. Durable Objects live longer than an instance, so their Rust half is made anew.
//
// `cargo xtask build` adds one line for each Durable Object class at the end and bundles this with the bindings.

import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import * as wasm from "./index.js";

const state = wasm.__worker_init_state();

function renewAfterPanic() {
  if (!state.criticalError) return;
  console.log("starting a fresh wasm instance after a panic");
  wasm.__wbg_reset_state();
  state.criticalError = false;
  state.instanceId += 1;
}

// A trap without a panic (an exhausted stack, for instance) is not noted by the crate.
function noteTrap(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    console.error("Critical", error);
    state.criticalError = true;
  }
}

addEventListener("error", (event) => noteTrap(event.error));

function guarded(call) {
  renewAfterPanic();
  try {
    return call();
  } catch (error) {
    noteTrap(error);
    throw error;
  }
}

class Main extends WorkerEntrypoint {
  fetch(request) {
    const response = guarded(() => wasm.fetch(request, this.env, this.ctx));
    // A visitor who leaves must not cancel the write that they caused.
    this.ctx.waitUntil(response);
    return response;
  }
}

for (const event of ["scheduled", "queue", "email"]) {
  if (!(event in wasm)) continue;
  Main.prototype[event] = function (what) {
    return guarded(() => wasm[event](what, this.env, this.ctx));
  };
}

export default Main;

const HANDLERS = ["fetch", "alarm", "webSocketMessage", "webSocketClose", "webSocketError"];

/** A Durable Object class around its Rust half. */
function durable(Half) {
  class Whole extends DurableObject {
    #half;
    #instanceId;

    constructor(ctx, env) {
      super(ctx, env);
      this.#current();
    }

    #current() {
      renewAfterPanic();
      if (this.#instanceId !== state.instanceId) {
        this.#half = new Half(this.ctx, this.env);
        this.#instanceId = state.instanceId;
      }
      return this.#half;
    }

    static handle(whole, handler, what) {
      return guarded(() => whole.#current()[handler](...what));
    }
  }
  for (const handler of HANDLERS) {
    if (!(handler in Half.prototype)) continue;
    Whole.prototype[handler] = function (...what) {
      return Whole.handle(this, handler, what);
    };
  }
  return Whole;
}

