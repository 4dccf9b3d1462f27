//! The programs that drive the browsers. One chromedriver serves the whole test process; geckodriver and `WebKitWebDriver`
//! know one session at a time, so each of their browsers has a driver of its own.

use std::{
    fs::{self, File},
    net::TcpStream,
    process::{Command, Stdio},
    sync::{Arc, OnceLock},
};

use tempfile::TempDir;

use super::{engine::Engine, session::Person};
use crate::{
    process::Process,
    root::root,
    wait::{DEADLINE, POLL},
};

/// Starts a program and kills its whole group when our end of the pipe closes, that is, when the test process ends in
/// whatever way: otherwise a killed test run would leave browsers behind.
const LEASH: &str = r#""$@" < /dev/null & cat > /dev/null; kill -KILL 0"#;

/// Ports that the system gives to nobody by itself, so that only another driver of ours can have one.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// The screen of a WebKit browser, which has no mode without one.
const SCREEN: &str = "1400x1100x24";

pub(super) struct Driver {
    pub(super) port: u16,
    _process: Process,
    _screen: Option<Process>,
    log: Option<TempDir>,
}

impl Driver {
    pub(super) fn of(engine: Engine, person: &Person) -> Arc<Self> {
        static CHROMEDRIVER: OnceLock<Arc<Driver>> = OnceLock::new();
        match engine {
            Engine::Chromium => Arc::clone(CHROMEDRIVER.get_or_init(|| Arc::new(Self::chromedriver()))),
            Engine::Firefox => Arc::new(Self::geckodriver()),
            Engine::WebKitGtk => Arc::new(Self::webkit_driver(person)),
        }
    }

    fn chromedriver() -> Self {
        let process = Process::start(leashed(&["chromedriver", "--port=0"]).stderr(Stdio::inherit()));
        let port =
            process.line(|line| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok());
        let port = port.expect("chromedriver starts: install chromium and chromedriver (chromium-driver)");
        Self { port, _process: process, _screen: None, log: None }
    }

    fn geckodriver() -> Self {
        let own = root().join("target/tools/bin/geckodriver");
        let program = if own.exists() { own.display().to_string() } else { "geckodriver".to_owned() };
        // The system's access is that to the browser's own preferences and console (see `firefox.rs`).
        let arguments = [&program, "--port=0", "--websocket-port=0", "--allow-system-access"];
        let (log, file) = log();
        let process = Process::start(leashed(&arguments).env("HOME", log.path()).stderr(file));
        let port = process.line(|line| line.split_once("Listening on 127.0.0.1:")?.1.trim().parse().ok());
        let port = port.unwrap_or_else(|| panic!("geckodriver starts: `cargo xtask test` installs it\n{}", read(&log)));
        Self { port, _process: process, _screen: None, log: Some(log) }
    }

    fn webkit_driver(person: &Person) -> Self {
        let screen = Process::start(
            leashed(&["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]).stderr(Stdio::null()),
        );
        let display = screen.line(|line| line.trim().parse::<u32>().ok());
        let display = display.expect("Xvfb starts: install xvfb");
        let (log, file) = log();
        let surroundings = person.surroundings(log.path());
        for port in PORTS.skip(usize::from(random_u16() % 10_000)) {
            let mut command = leashed(&["WebKitWebDriver", "--host=127.0.0.1", &format!("--port={port}")]);
            command.env("DISPLAY", format!(":{display}")).envs(surroundings.iter().map(|(name, value)| (name, value)));
            let taken = TcpStream::connect(("127.0.0.1", port)).is_ok();
            if taken {
                continue;
            }
            let process = Process::start(command.stderr(file.try_clone().expect("a second handle")));
            if answers(port) {
                return Self { port, _process: process, _screen: Some(screen), log: Some(log) };
            }
        }
        panic!("WebKitWebDriver starts: install webkit2gtk-driver\n{}", read(&log))
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What they complained of, for a person who reads why a start failed.
    pub(super) fn complaints(&self) -> String {
        self.log.as_ref().map(read).unwrap_or_default()
    }
}

fn leashed(program: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", LEASH, "leash"]).args(program);
    command
}

fn log() -> (TempDir, File) {
    let folder = tempfile::Builder::new().prefix("buoy-driver-").tempdir().expect("a temporary folder");
    let file = File::create(folder.path().join("driver.log")).expect("a log file");
    (folder, file)
}

fn read(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("driver.log")).unwrap_or_default()
}

/// Whether somebody listens on a port of ours in time.
fn answers(port: u16) -> bool {
    let looks = DEADLINE.as_millis() / POLL.as_millis();
    (0..looks).any(|_| {
        std::thread::sleep(POLL);
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    })
}

fn random_u16() -> u16 {
    let bits = getrandom::u32().expect("the system gives random bytes");
    u16::try_from(bits & 0xffff).unwrap_or_default()
}
