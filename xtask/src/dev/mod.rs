//! `cargo xtask dev`: the whole product on this machine, from a bare checkout to a page one can click.
//!
//! Order: tools, build (with a draft compiled beside it), server, demo site, watch. What is served first is the product as visitors get it; after a change
//! it is a draft, because waiting a minute for each change helps nobody. The server never sees a failed build: it keeps serving the last good
//! one. Several instances may run side by side, each with its own `--state` and `--port`.

mod server;
mod state;
mod watch;

pub(crate) use self::state::running;

use std::{
    collections::BTreeMap,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{self, Command},
    sync::mpsc::{self, Receiver},
    thread,
};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde_json::Value;

use self::{
    server::{Served, Server},
    state::{DevFile, OPERATOR_TOKEN, State},
};
use crate::{
    build::{Build, Quality},
    children,
    progress::{note, now, seconds, step},
    run::run,
    seed::{self, DEMO_SITE, Seeder},
    stamp, tools,
    workspace::Workspace,
};

/// How `dev` was called.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The port to listen on; 0 means any free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Where databases, secrets and dev.json are kept.
    #[arg(long, default_value = ".buoy")]
    state: PathBuf,
    /// Which folder of presets/ the demo site follows.
    #[arg(long, default_value = "school")]
    preset: String,
    /// Serve once, without looking for changes.
    #[arg(long)]
    no_watch: bool,
}

/// Whatever the main loop waits for.
#[derive(Debug)]
enum Event {
    /// A JSON line of the server.
    Server(Value),
    /// The server's process ended.
    ServerGone,
    /// These sources changed.
    Changed(Vec<PathBuf>),
}

/// One instance: what is needed again after every change.
struct Instance {
    ws: Workspace,
    state: State,
    preset: String,
    secrets: BTreeMap<String, String>,
}

pub(crate) fn dev(ws: Workspace, options: Options) -> Result<()> {
    let started = now();
    let policy = ws.path("presets").join(&options.preset).join("policy.toml");
    if !policy.exists() {
        bail!("there is no preset `{}`: {} is missing", options.preset, policy.display());
    }
    refuse_taken_port(options.port)?;
    // Relative to the checkout, wherever cargo was called from.
    let state = State::open(&ws.root.join(&options.state))?;
    tools::ensure(&ws)?;
    build_product(&ws, !options.no_watch)?;
    let secrets = state.secrets()?;
    let instance = Instance { ws, state, preset: options.preset, secrets };
    let (sender, events) = mpsc::channel();
    let mut server = step("Starting the edge", || {
        let product = instance.served(Quality::Product)?;
        Server::start(&instance.ws, options.port, &instance.state.folder, &product, (&sender, &events))
    })?;
    let dev = step("Preparing the demo site", || instance.seed(server.port))?;
    welcome(&dev, &instance.state.folder, &seconds(started.elapsed()));
    let _watcher = if options.no_watch { None } else { Some(watch::start(&instance.ws, sender)?) };
    serve(&instance, &mut server, &events)
}

/// Builds what is served first and, beside it, what the first change will need: the product's last step, linking, keeps
/// one core busy, and whoever edits a line right after the start shall not wait for every dependency once more.
fn build_product(ws: &Workspace, will_change: bool) -> Result<()> {
    thread::scope(|scope| {
        let drafts = will_change.then(|| scope.spawn(|| Build::new(ws, Quality::Draft).warm_up()));
        Build::new(ws, Quality::Product).run()?;
        let Some(drafts) = drafts else { return Ok(()) };
        step("Preparing quick rebuilds", || drafts.join().unwrap_or_else(|_| bail!("preparing quick rebuilds failed")))
    })
}

/// Said before the build, not after it. Port 0 is never taken.
fn refuse_taken_port(port: u16) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_free_again_at_once) => Ok(()),
        Err(error) => {
            bail!("port {port} cannot be used ({error}). Give another one with --port; 0 means any free one.")
        }
    }
}

/// Until a signal ends us (see [`crate::children`]) or the server dies.
fn serve(instance: &Instance, server: &mut Server, events: &Receiver<Event>) -> Result<()> {
    loop {
        match events.recv() {
            Ok(Event::Changed(mut paths)) => {
                while !paths.is_empty() {
                    follow(instance, server, events, &paths);
                    paths = server.take_missed_changes();
                }
            }
            Ok(Event::Server(message)) => {
                if let Some(error) = message.get("error").and_then(Value::as_str) {
                    bail!("{error}");
                }
            }
            Ok(Event::ServerGone) | Err(_) => bail!("the server ended; its last words are above"),
        }
    }
}

/// Rebuilds, as a quick draft, and reloads after a change. A failure is shown and survived: the last good build goes on serving.
fn follow(instance: &Instance, server: &mut Server, events: &Receiver<Event>, paths: &[PathBuf]) {
    let began = now();
    // Editors write a temporary file first, which is gone by now.
    let named = paths.iter().find(|path| path.is_file()).and_then(|path| path.strip_prefix(&instance.ws.root).ok());
    eprintln!("\n{} changed", named.unwrap_or(Path::new("a file")).display());
    let built = instance.build_draft();
    children::let_signal_end_us(); // a build that Ctrl-C broke off did not fail
    if let Err(error) = built {
        eprintln!("error: {error:#}\n    still serving the last good build");
        return;
    }
    match instance.show_draft(server, events, paths) {
        Ok(()) => note(&format!("serving the change after {}", seconds(began.elapsed()))),
        Err(error) => eprintln!("error: {error:#}"),
    }
}

impl Instance {
    /// What the server needs to know about a build.
    fn served(&self, quality: Quality) -> Result<Served> {
        let build = Build::new(&self.ws, quality);
        let manifest = fs::read_to_string(build.manifest()).context("could not read the asset manifest")?;
        let mut vars = self.secrets.clone();
        vars.insert("ASSET_MANIFEST".to_owned(), manifest);
        Ok(Served { vars, assets: build.assets(), main: build.worker() })
    }

    /// By a fresh xtask, because the list of text keys that this one was compiled with may be what changed.
    fn build_draft(&self) -> Result<()> {
        let mut build = Command::new("cargo");
        run(build.args(["run", "--quiet", "--package", "xtask", "--", "build", "--draft"]).current_dir(&self.ws.root))
    }

    fn show_draft(&self, server: &mut Server, events: &Receiver<Event>, paths: &[PathBuf]) -> Result<()> {
        server.reload(&self.served(Quality::Draft)?, events)?;
        if paths.iter().any(|path| path.starts_with(self.ws.path("presets"))) {
            self.seed(server.port)?;
        }
        Ok(())
    }

    /// Makes the demo site be as the preset says and writes `dev.json`. Repeats nothing that is already so.
    fn seed(&self, port: u16) -> Result<DevFile> {
        let url = format!("http://localhost:{port}");
        let operator_token = self.secrets.get(OPERATOR_TOKEN).context("this state has no operator token")?.clone();
        let seeder = Seeder::new(port, &operator_token);
        let policy = self.ws.path("presets").join(&self.preset).join("policy.toml");
        let policy = fs::read_to_string(&policy).with_context(|| format!("could not read {}", policy.display()))?;
        let known = self.state.dev_file().filter(|dev| seeder.accepts(&dev.staff_token));

        let site_stamp = stamp::of_bytes(format!("{url}\n{policy}").as_bytes());
        let mut identity = None;
        if known.is_none() || !self.state.is_marked("site", &site_stamp) {
            let origins = [url.clone(), format!("http://127.0.0.1:{port}")];
            identity = seeder.put_site(&format!("Demo ({})", self.preset), &policy, &origins)?;
        }
        let old_identity = || known.as_ref().map(|dev| (dev.identity_kid.clone(), dev.identity_secret.clone()));
        let identity = identity.map(|identity| (identity.kid, identity.secret)).or_else(old_identity);
        let (identity_kid, identity_secret) = identity.context("the edge gave no identity secret for the demo site")?;
        let staff_token = match &known {
            Some(dev) => dev.staff_token.clone(),
            None => seeder.add_agent()?,
        };
        let dev = DevFile {
            url,
            site: DEMO_SITE.to_owned(),
            staff_token,
            identity_secret,
            identity_kid,
            operator_token,
            preset: self.preset.clone(),
            pid: process::id(),
        };
        self.state.write_dev_file(&dev)?;
        self.state.mark("site", &site_stamp)?;
        self.import_articles(&seeder, &dev.staff_token, known.is_none())?;
        Ok(dev)
    }

    fn import_articles(&self, seeder: &Seeder, staff_token: &str, new_site: bool) -> Result<()> {
        let (articles, stamp) = seed::articles_of(&self.ws, &self.preset)?;
        if !new_site && self.state.is_marked("articles", &stamp) {
            return Ok(());
        }
        seeder.import(staff_token, &articles)?;
        self.state.mark("articles", &stamp)
    }
}

fn welcome(dev: &DevFile, state: &Path, time: &str) {
    let url = &dev.url;
    eprintln!("\nBuoy runs on {url} (ready after {time})\n");
    eprintln!("  the demo page, with the widget      {url}/");
    eprintln!("  the API, as OpenAPI                 {url}/api/support/openapi.json");
    eprintln!("  tokens for scripts                  {}", state.join("dev.json").display());
    eprintln!("\nCtrl-C stops it; the state is kept.");
}
