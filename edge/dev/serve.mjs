// Runs both workers on this machine, on the real workerd with real local D1, KV, R2 and Durable Objects.
//
// Why not `wrangler dev`: it is ready in three seconds instead of one, puts a proxy before every request, and does not
// notice when workerd dies. Here Miniflare's own API does the work and wrangler only reads each wrangler.toml, which
// stays the one truth about bindings. Another worker that one is bound to lies in a folder named like the binding:
// `COURIER` is courier/wrangler.toml, and its build lies in courier/ beside the build of the worker that is bound to it.
//
// In:  one JSON config, as a file named by the first argument or else as the first line of stdin:
//      { port, host, state, vars, assets, main, wranglerConfig, cron, quiet, temporary, alone }
//      `assets` and `main` replace what wrangler.toml names; `temporary` is a folder to remove when stdin closes, because
//      then the parent is gone and cannot do it itself. `alone` leaves out the workers that the first one is bound to:
//      every call of them fails, as when they are down.
//      Later lines of stdin: `reload` or `reload {"vars":{…},"assets":…,"main":…}`. SIGHUP is a `reload` too.
// Out: stdout carries JSON lines for the parent only: {"ready":true,url,port,workerd_pid,…}, {"reloaded":true,…},
//      {"error":"…"}. Everything meant for people, the worker's own log included, goes to stderr.
// End: SIGINT, SIGTERM or a closed stdin stop workerd too, so a parent that was killed leaves no orphan. If workerd
//      dies by itself the process says so and exits with 1; it never restarts it (tests kill it on purpose).
//
// It must not build anything, fetch anything from the network, or mock a binding.

import childProcess from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

import { applyMigrations, isLostAnswer } from "./migrations.mjs";

// Set before wrangler is loaded: no metrics, no banner, no lookup of a fake location, no .env file of the checkout.
Object.assign(process.env, {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_LOG: "error",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "false",
});

const HERE = path.dirname(fileURLToPath(import.meta.url));
const CRON_PERIOD_MS = 60_000; // production's cron knows minutes only
const SAME_SIGNAL_MS = 100;
const CRON_WORKER = "cron-bypass";

/**
 * With assets, this Miniflare sends every event through a proxy that cannot pass `scheduled` on and answers "exception"
 * (cloudflare/workers-sdk#9882, fixed later). Only a *named* entrypoint is reached directly, so the same class is
 * exported under a second name, and a second worker takes the trigger's path and calls it.
 */
const CRON_ENTRYPOINT = "CronBypass";
const CRON_ENTRY_MODULE = `
export * from "./index.js";
export { default, default as ${CRON_ENTRYPOINT} } from "./index.js";
`;

function cronBypass(targets, compatibilityDate) {
  return {
    name: CRON_WORKER,
    routes: ["*/cdn-cgi/handler/scheduled*"],
    modules: true,
    compatibilityDate,
    compatibilityFlags: ["service_binding_extra_handlers"],
    script: `export default { async scheduled({ cron, scheduledTime }, targets) {
      for (const [name, target] of Object.entries(targets)) {
        const { outcome } = await target.scheduled({ cron, scheduledTime: new Date(scheduledTime) });
        if (outcome !== "ok") throw new Error("the scheduled handler of " + name + " ended with: " + outcome);
      }
    } }`,
    serviceBindings: Object.fromEntries(targets.map((name) => [name, { name, entrypoint: CRON_ENTRYPOINT }])),
  };
}

/** The build as Miniflare's list of modules; the first one is the entry. */
function modulesOf(main) {
  const folder = path.dirname(main);
  const entry = { type: "ESModule", path: path.join(folder, "dev-entry.js"), contents: CRON_ENTRY_MODULE };
  return [
    entry,
    { type: "ESModule", path: main, contents: readFileSync(main) },
    ...readdirSync(folder)
      .filter((name) => name.endsWith(".wasm"))
      .map((name) => path.join(folder, name))
      .map((file) => ({ type: "CompiledWasm", path: file, contents: readFileSync(file) })),
  ];
}

/** The workerd that serves now. Miniflare tells nobody its pid or its death, so we watch it being spawned. */
let workerd;
let stopping = false;
let reloading = false;

function watchWorkerd() {
  const spawn = childProcess.spawn;
  childProcess.spawn = (command, args, options) => {
    const child = spawn(command, args, options);
    if (Array.isArray(args) && args[0] === "serve") {
      workerd = child;
      child.once("exit", (code, signal) => {
        if (reloading || child !== workerd) return;
        // A signal to the whole group reaches workerd first; ours is then only a moment away.
        setTimeout(() => {
          if (!stopping) fail(`workerd (pid ${child.pid}) ended by itself: ${signal ?? `exit code ${code}`}`);
        }, SAME_SIGNAL_MS);
      });
    }
    return child;
  };
}

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

function fail(message) {
  say({ error: message });
  process.stderr.write(`serve: ${message}\n`);
  // The exit hook of Miniflare kills workerd and removes its temporary folder.
  process.exit(1);
}

/** Lines of stdin, and the promise of the first one when the config comes that way. */
function readCommands(onLine) {
  const lines = readline.createInterface({ input: process.stdin });
  let first;
  const firstLine = new Promise((resolve) => (first = resolve));
  lines.on("line", (line) => (first ? (first(line), (first = undefined)) : onLine(line)));
  lines.on("close", () => (first ? fail("stdin closed before a config arrived") : stop({ orphaned: true })));
  return { firstLine, expectNoConfig: () => (first = undefined) };
}

/** A line of the worker's console. Miniflare checks that nothing is returned, hence the braces. */
function printLog({ level, message }) {
  process.stderr.write(`[${level}] ${message}\n`);
}

/** Of what Miniflare itself says: whom a mail would have gone to, and under which subject. Its text becomes a file. */
function mailLog({ Log, LogLevel }) {
  const log = new Log(LogLevel.INFO);
  log.log = (message) => void (message.includes("send_email") && process.stderr.write(`${message}\n`));
  return log;
}

/** Stands for a worker that is down. */
const DOWN = { name: "down", modules: true, script: 'export default { fetch() { throw new Error("down"); } }' };

/** One worker's options. `main` replaces what its wrangler.toml names. */
function workerOf(wrangler, config, wranglerConfig, main, overrides) {
  const toml = wrangler.unstable_readConfig({ config: wranglerConfig });
  const { workerOptions, externalWorkers, ...found } = wrangler.unstable_getMiniflareWorkerOptions(toml, undefined, {
    envFiles: ["/dev/null"], // a developer's .dev.vars must not reach tests
    overrides,
  });
  main = main ? path.resolve(main) : found.main;
  const services = toml.services ?? [];
  const worker = {
    ...workerOptions,
    name: toml.name, // part of the key of a Durable Object's storage: the same as wrangler's own
    modules: modulesOf(main),
    modulesRoot: path.dirname(main),
    bindings: { ...workerOptions.bindings, ...config.vars },
    serviceBindings: {
      ...workerOptions.serviceBindings,
      ...Object.fromEntries(services.map(({ binding, service }) => [binding, config.alone ? DOWN.name : service])),
    },
  };
  return { worker, externalWorkers, others: config.alone ? [] : services.map(({ binding }) => binding.toLowerCase()) };
}

/** What Miniflare needs, read afresh from each wrangler.toml and the build each time. */
function miniflareOptions(wrangler, config, log) {
  const overrides = config.assets ? { assets: { directory: path.resolve(config.assets) } } : {};
  const { worker, externalWorkers, others } = workerOf(wrangler, config, config.wranglerConfig, config.main, overrides);
  const besides = others.map((folder) => {
    const toml = path.join(path.dirname(config.wranglerConfig), folder, "wrangler.toml");
    const main = config.main && path.join(path.dirname(config.main), folder, path.basename(config.main));
    return workerOf(wrangler, config, toml, main, {}).worker;
  });
  const scheduled = [worker, ...besides].map(({ name }) => name);
  return {
    host: config.host,
    port: config.port,
    cf: false, // otherwise Miniflare asks a server for a plausible location
    telemetry: { enabled: false },
    unsafeTriggerHandlers: true, // GET /cdn-cgi/handler/scheduled runs the cron handler
    logRequests: false,
    handleStructuredLogs: config.quiet ? () => {} : printLog,
    ...(config.quiet ? {} : { log }),
    defaultPersistRoot: path.join(config.state, "v3"),
    workers: [worker, ...besides, ...(config.alone ? [DOWN] : []), cronBypass(scheduled, worker.compatibilityDate), ...externalWorkers],
  };
}

/** How often a start is made anew when the answer to a call of the migrations was lost. */
const STARTS_MAX = 5;

/** Fires the scheduled handler at each full minute, as production does. A failure is logged, never fatal. */
function startCron(mf) {
  const tick = async () => {
    setTimeout(tick, CRON_PERIOD_MS - (Date.now() % CRON_PERIOD_MS)).unref();
    if (reloading || stopping) return;
    try {
      const worker = await mf.getWorker(CRON_WORKER);
      await worker.scheduled({ cron: "* * * * *", scheduledTime: new Date() });
    } catch (error) {
      process.stderr.write(`[cron] ${error.message}\n`);
    }
  };
  setTimeout(tick, CRON_PERIOD_MS - (Date.now() % CRON_PERIOD_MS)).unref();
}

let mf;
let config;

async function stop({ orphaned = false } = {}) {
  if (stopping) return;
  stopping = true;
  // A hung dispose must not keep the process: the exit hook kills workerd anyway.
  setTimeout(() => process.exit(0), 3_000).unref();
  await mf?.dispose().catch(() => {});
  // Collect it, or it stays a zombie until init gets round to it, and whoever watches our group waits for that.
  if (workerd && workerd.exitCode === null && workerd.signalCode === null) await once(workerd, "exit");
  if (orphaned && config?.temporary) rmSync(config.temporary, { recursive: true, force: true });
  process.exit(0);
}

async function main() {
  const started = performance.now();
  let queue = Promise.resolve(); // reloads wait for each other
  const commands = readCommands((line) => (queue = queue.then(() => onLine(line))));

  const file = process.argv[2];
  if (file) commands.expectNoConfig();
  config = withDefaults(JSON.parse(file ? readFileSync(file, "utf8") : await commands.firstLine));

  watchWorkerd(); // before Miniflare takes its reference to spawn
  const { default: wrangler } = await import("wrangler");
  const miniflare = await import("miniflare");
  const log = mailLog(miniflare);

  async function reload(change) {
    const began = performance.now();
    const { vars, ...rest } = change ?? {};
    Object.assign(config.vars, vars);
    Object.assign(config, rest);
    reloading = true;
    try {
      await mf.setOptions(miniflareOptions(wrangler, config, log));
      await mf.ready;
      const migrations = await applyMigrations(mf, wrangler, config);
      say({ reloaded: true, migrations, workerd_pid: workerd?.pid, ms: Math.round(performance.now() - began) });
    } catch (error) {
      say({ error: `reload failed: ${error.message}` });
    } finally {
      reloading = false;
    }
  }

  /** Starts, and brings the databases up to date. What was applied is recorded with it, so looking again is safe. */
  async function open() {
    for (let start = 1; ; start += 1) {
      mf = new miniflare.Miniflare(miniflareOptions(wrangler, config, log));
      for (const signal of ["SIGINT", "SIGTERM"]) {
        process.removeAllListeners(signal); // Miniflare's own ones exit at once, before anything can be awaited
        process.on(signal, () => stop());
      }
      try {
        const url = await mf.ready;
        return { url, migrations: await applyMigrations(mf, wrangler, config) };
      } catch (error) {
        if (!isLostAnswer(error) || start === STARTS_MAX) throw error;
        process.stderr.write(`[migrations] an answer was lost, starting anew: ${error.stack}\n`);
        reloading = true; // this workerd does not end by itself
        await mf.dispose();
        reloading = false;
      }
    }
  }

  async function onLine(line) {
    const [command, ...rest] = line.trim().split(" ");
    if (command === "reload") await reload(rest.length ? JSON.parse(rest.join(" ")) : undefined);
    else if (command) say({ error: `unknown command: ${command}` });
  }

  const { url, migrations } = await open();
  process.on("SIGHUP", () => (queue = queue.then(() => reload())));
  if (config.cron) startCron(mf);
  say({
    ready: true,
    url: `http://localhost:${url.port}`,
    port: Number(url.port),
    migrations,
    workerd_pid: workerd?.pid,
    ms: Math.round(performance.now() - started),
  });
}

function withDefaults(config) {
  return {
    port: 8787,
    host: "127.0.0.1",
    cron: true,
    quiet: false,
    ...config,
    vars: { ...config.vars },
    state: path.resolve(config.state ?? ".buoy"),
    wranglerConfig: path.resolve(config.wranglerConfig ?? path.join(HERE, "..", "wrangler.toml")),
  };
}

process.on("uncaughtException", (error) => fail(error.stack));
process.on("unhandledRejection", (error) => fail(error?.stack ?? String(error)));
main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  fail(error.message);
});
