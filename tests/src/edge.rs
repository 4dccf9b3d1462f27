//! A running edge with its own state on disk, and sites on it.
//!
//! `Edge::start` gives a private one, for tests that kill it or read its log; `Edge::shared` one for the whole test
//! process, on which every test makes a site of its own.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    sync::{Mutex, OnceLock, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;

use crate::{
    http::Client,
    process::Process,
    root::{product, root},
};

/// The token of the operator on every edge of the tests.
pub const OPERATOR_TOKEN: &str = "operator-token-of-the-tests-0123456789abcdef";
/// How long identity tokens live that a test makes.
const IDENTITY_LIFETIME_SECONDS: u64 = 600;
/// Tests do in a minute, from one address, what people do in months: every limit is this much larger. Tests of the limits
/// themselves start an edge with `LIMITS` of their own.
pub const ROOMY_LIMITS: &str = r#"{"factor":100000,"first_line":false}"#;

/// A running edge. Dropping it stops it and removes its state.
pub struct Edge {
    folder: TempDir,
    port: u16,
    vars: BTreeMap<String, String>,
    worker: Option<PathBuf>,
    alone: AtomicBool,
    process: Mutex<Process>,
}

impl Edge {
    /// A private edge with fresh state, ready to serve. Its cron never fires by itself: see [`Edge::run_cron`].
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with more variables, for instance the address of a stand-in for a third party.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start_with(vars: &[(&str, &str)]) -> Self {
        Self::start_worker(vars, None)
    }

    /// Starts again with a courier that is down.
    pub fn lose_courier(&self) {
        self.alone.store(true, Ordering::Relaxed);
        self.restart();
    }

    /// A private edge whose requests and cron may say what time it is (see [`Edge::run_cron_at`] and the header
    /// `x-test-now`): a build for tests alone.
    ///
    /// # Panics
    /// When it was not built, or does not start.
    #[must_use]
    pub fn with_test_clock() -> Self {
        Self::with_test_clock_and(&[])
    }

    /// The same with more variables.
    ///
    /// # Panics
    /// When it was not built, or does not start.
    #[must_use]
    pub fn with_test_clock_and(vars: &[(&str, &str)]) -> Self {
        let worker = root().join("target/buoy-test-clock/worker/index.js");
        assert!(worker.exists(), "{} is missing: run `cargo xtask build --test-clock`", worker.display());
        Self::start_worker(vars, Some(worker))
    }

    fn start_worker(vars: &[(&str, &str)], worker: Option<PathBuf>) -> Self {
        let folder = tempfile::Builder::new().prefix("buoy-edge-").tempdir().expect("a temporary folder");
        let manifest = fs::read_to_string(product("manifest.json")).expect("the asset manifest can be read");
        let mut all = BTreeMap::from([
            ("OPERATOR_TOKEN", OPERATOR_TOKEN),
            ("ASSET_MANIFEST", manifest.as_str()),
            ("LIMITS", ROOMY_LIMITS),
        ]);
        all.extend(vars.iter().copied());
        let vars = all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let (process, port) = serve(&folder, (0, false), &vars, worker.as_ref());
        Self { folder, port, vars, worker, alone: AtomicBool::new(false), process: Mutex::new(process) }
    }

    /// The one edge that the tests of this process share. It is stopped when the process ends.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Edge> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Its address, without a slash at the end. Host pages are on `localhost`, so this is another site to a browser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A client without any rights.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.url())
    }

    /// A client with the operator's rights.
    #[must_use]
    pub fn operator(&self) -> Client {
        self.client().with_bearer(OPERATOR_TOKEN)
    }

    /// `kill -9` for node and workerd, in the middle of whatever they do.
    pub fn kill_9(&self) {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).kill_9();
    }

    /// Starts again on the same state and the same port, after [`Edge::kill_9`] or in order.
    pub fn restart(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        process.stop();
        *process =
            serve(&self.folder, (self.port, self.alone.load(Ordering::Relaxed)), &self.vars, self.worker.as_ref()).0;
    }

    /// Fires the scheduled handler, as production does each minute.
    pub async fn run_cron(&self) {
        self.client().get("/cdn-cgi/handler/scheduled?cron=*+*+*+*+*").send().await.expect(200);
    }

    /// The same at a moment of the test's choice, in milliseconds since 1970; only an edge with the clock of the tests
    /// believes it.
    pub async fn run_cron_at(&self, millis: i64) {
        let path = format!("/cdn-cgi/handler/scheduled?cron=*+*+*+*+*&time={millis}");
        self.client().get(&path).send().await.expect(200);
    }

    /// Everything that the worker and its server wrote so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("edge.log")).unwrap_or_default()
    }

    /// Where it puts what it would have given to others, such as mail.
    #[must_use]
    pub fn scratch(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// Where its databases lie.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// A new site of its own for one test. `policy` is the name of a preset or the text of a policy.
    ///
    /// # Panics
    /// When the edge refuses.
    pub async fn new_site(&self, policy: &str, origins: &[&str]) -> Site {
        let policy_toml = if policy.contains('\n') {
            policy.to_owned()
        } else {
            let file = root().join("presets").join(policy).join("policy.toml");
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        };
        self.site_called(&format!("site_t{}", random_hex()), policy_toml, origins).await
    }

    /// The site of requests that name none, by a preset.
    ///
    /// # Panics
    /// When the edge refuses.
    pub async fn default_site(&self, preset: &str, origins: &[&str]) -> Site {
        let file = root().join("presets").join(preset).join("policy.toml");
        let policy_toml = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.site_called("site_demo", policy_toml, origins).await
    }

    async fn site_called(&self, id: &str, policy_toml: String, origins: &[&str]) -> Site {
        let body = json!({ "name": "Test", "policy_toml": policy_toml, "origins": origins, "anonymous": true });
        let path = format!("/api/support/operator/sites/{id}/");
        let answer = self.operator().put(&path).json(&body).send().await;
        assert!(matches!(answer.status, 200 | 201), "the site was refused: {answer:#?}");
        let identity = answer.value();
        let site = Site {
            url: self.url(),
            identity_secret: text_at(&identity, "/identity/secret"),
            kid: text_at(&identity, "/identity/kid"),
            staff_token: String::new(),
            id: id.to_owned(),
        };
        let staff_token = site.add_agent(self, "admin").await;
        Site { staff_token, ..site }
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            eprintln!("--- last lines of the edge's log ---");
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
        self.process.lock().unwrap_or_else(PoisonError::into_inner).stop();
    }
}

/// Starts `edge/dev/serve.mjs` and waits until it serves; gives its port.
fn serve(
    folder: &TempDir,
    (port, alone): (u16, bool),
    vars: &BTreeMap<String, String>,
    worker: Option<&PathBuf>,
) -> (Process, u16) {
    use std::io::Write as _;
    let scratch = folder.path().join("tmp");
    fs::create_dir_all(&scratch).expect("a folder for temporary files");
    let log = File::options().create(true).append(true).open(folder.path().join("edge.log")).expect("a log file");
    let mut node = Command::new("node");
    node.arg(root().join("edge/dev/serve.mjs")).env("TMPDIR", scratch).stderr(log);
    let mut process = Process::start(&mut node);
    let config = json!({
        "port": port, "state": folder.path().join("state"), "vars": vars, "assets": product("assets"),
        "wranglerConfig": root().join("edge/wrangler.toml"), "cron": false, "temporary": folder.path(), "main": worker,
        "alone": alone,
    });
    writeln!(process.stdin, "{config}").expect("node reads its config");
    let ready = process.line(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        (message.get("ready").is_some() || message.get("error").is_some()).then_some(message)
    });
    let port =
        ready.as_ref().and_then(|message| message.get("port")?.as_u64()).and_then(|port| u16::try_from(port).ok());
    match port {
        Some(port) => (process, port),
        None => {
            let log = fs::read_to_string(folder.path().join("edge.log")).unwrap_or_default();
            panic!("the edge did not start: {ready:?}\n{log}")
        }
    }
}

/// A site that one test has for itself.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its id, as a script tag names it.
    pub id: String,
    /// The secret with which the site vouches for its users.
    pub identity_secret: String,
    /// The name of that secret.
    pub kid: String,
    /// The token of an admin.
    pub staff_token: String,
    url: String,
}

impl Site {
    /// A client with the rights of the site's admin.
    #[must_use]
    pub fn staff(&self) -> Client {
        Client::new(&self.url).with_bearer(&self.staff_token)
    }

    /// Another member of staff; gives the token.
    pub async fn add_agent(&self, edge: &Edge, role: &str) -> String {
        let path = format!("/api/support/operator/sites/{}/agents/", self.id);
        let body = json!({ "name": format!("Test {role}"), "role": role });
        let answer = edge.operator().post(&path).json(&body).send().await.expect(201);
        text_at(&answer.value(), "/token")
    }

    /// A token by which the site vouches for its user `subject`, with these claims besides (an object, or null).
    ///
    /// # Panics
    /// When the system's clock is before 1970.
    #[must_use]
    pub fn identity(&self, subject: &str, claims: &Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs();
        let mut all = json!({ "sub": subject, "aud": self.id, "iat": now, "exp": now + IDENTITY_LIFETIME_SECONDS });
        if let (Some(all), Some(claims)) = (all.as_object_mut(), claims.as_object()) {
            all.extend(claims.clone());
        }
        sign(&json!({ "alg": "HS256", "typ": "JWT", "kid": self.kid }), &all, &self.identity_secret)
    }

    /// Opens a visitor's session and gives a client that speaks for them. `identity` is a token of [`Site::identity`].
    pub async fn visitor(&self, identity: Option<&str>) -> Client {
        let mut body = json!({ "site": self.id });
        if let (Some(identity), Some(body)) = (identity, body.as_object_mut()) {
            body.insert("identity".to_owned(), identity.into());
        }
        let client = Client::new(&self.url);
        let answer = client.post("/api/support/session/").json(&body).send().await;
        assert!(matches!(answer.status, 200 | 201), "the session was refused: {answer:#?}");
        client.with_bearer(&text_at(&answer.value(), "/token"))
    }
}

/// A JWT with any header and claims, for honest tokens and forged ones.
///
/// # Panics
/// Never: HMAC takes keys of any length.
#[must_use]
pub fn sign(header: &Value, claims: &Value, secret: &str) -> String {
    let body = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
    mac.update(body.as_bytes());
    format!("{body}.{}", encode(&mac.finalize().into_bytes()))
}

/// 64 random bits as text: enough that no two tests meet.
///
/// # Panics
/// When the system has no randomness.
#[must_use]
pub fn random_hex() -> String {
    let bits = getrandom::u64().expect("the system gives random bytes");
    format!("{bits:016x}")
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text_at(value: &Value, pointer: &str) -> String {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no text at {pointer} of {value:#}")).to_owned()
}
