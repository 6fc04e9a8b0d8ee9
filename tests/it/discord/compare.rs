//! The same fan-outs through others' limiters: the one of discord.js and serenity's own, each against a fresh strict
//! Discord with its limits on. Needs Node.js with the packages of `tests/discord` installed, and openssl.
//! `cargo nextest run --run-ignored only discord::compare --no-capture`

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use roundtable::adapters::discord::transport::limiter::Urgency;
use roundtable::adapters::discord::transport::{Call, CallError, Reach, Rest, Route};
use roundtable::config::Secret;
use serde_json::{Value, json};
use serenity::http::{Http, HttpBuilder};
use serenity::model::id::ChannelId;
use tokio::task::JoinSet;

use super::fake::TOKEN;
use super::workload::{FEW, MANY, Workload};

/// Our calls under way at the same time, as the outbox hands them out; the others get all at once and queue them.
const AT_ONCE: usize = 200;
/// Who is not done by then is not waited for.
const PATIENCE: Duration = Duration::from_mins(10);

fn body(prefix: &str, n: usize) -> Value {
    json!({
        "content": "Hello", "nonce": format!("{prefix}{n}"), "enforce_nonce": true, "allowed_mentions": { "parse": [] },
    })
}

fn channel(id: &str) -> ChannelId {
    ChannelId::new(id.parse().expect("an id"))
}

async fn ours(work: Workload) -> String {
    let stage = work.stage().await;
    let reach = Reach { base: Some(stage.fake.api_url()), ..Reach::default() };
    let rest = Arc::new(Rest::new(reach, Secret::new(TOKEN)).expect("a client"));
    let (targets, next) = (Arc::new(stage.targets()), Arc::new(AtomicUsize::new(0)));
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (rest, targets, next) = (rest.clone(), targets.clone(), next.clone());
        senders.spawn(async move {
            while let Some(n) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|n| *n < targets.len()) {
                let route = Route::ChannelMessages { channel_id: channel(&targets[n]) };
                let call = Call::post(route, body("rt", n)).repeatable().urgency(Urgency::Bulk);
                loop {
                    match rest.call(call.clone()).await {
                        Ok(_) => break,
                        Err(CallError::Rate { retry_after }) => tokio::time::sleep(retry_after).await,
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        });
    }
    while let Some(done) = senders.join_next().await {
        done.expect("without a panic");
    }
    let (held, line) = stage.told("Roundtable");
    assert_eq!(held, work.len(), "each exactly once");
    assert!(stage.fake.pace().1 < 10, "fewer than ten are sent away");
    stage.fake.must_be_clean();
    line
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/discord")
}

/// A program that ends with the test.
struct Beside(Child);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Beside {
    fn begin(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let mut node = Command::new("node");
        node.arg(folder().join("rates.mjs")).args(arguments).stdout(Stdio::piped());
        Self(node.spawn().expect("Node.js is there"))
    }

    async fn first_line(&mut self) -> String {
        let mut output = BufReader::new(self.0.stdout.take().expect("it is read"));
        let reading = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            output.read_line(&mut line).map(|_| line)
        });
        reading.await.expect("without a panic").expect("it can be read").trim().to_owned()
    }
}

async fn discord_js(work: Workload) -> String {
    let stage = work.stage().await;
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("channels.json");
    std::fs::write(&list, json!(stage.targets()).to_string()).expect("it can be kept");
    let api = stage.fake.api_url();
    let mut child = Beside::begin([OsStr::new("send"), api.as_ref(), TOKEN.as_ref(), list.as_os_str()]);
    let said = tokio::time::timeout(PATIENCE, child.first_line()).await;
    format!("{}; it says {}", stage.told("@discordjs/rest").1, said.unwrap_or_else(|_| "nothing".to_owned()))
}

/// serenity's limiter knows one address only, so a stand-in has to have that name: a front with a certificate for it.
async fn serenity_before(api: &str, keys: &Path) -> (Beside, Http) {
    let (key, certificate) = (keys.join("key.pem"), keys.join("cert.pem"));
    // A client takes no authority's certificate for a server's.
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=discord.com"])
        .args(["-addext", "subjectAltName=DNS:discord.com", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args([OsStr::new("-keyout"), key.as_os_str(), OsStr::new("-out"), certificate.as_os_str()])
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl is there").success());
    let words = [OsStr::new("wrap"), api.as_ref(), key.as_os_str(), certificate.as_os_str()];
    let mut front = Beside::begin(words);
    let port: u16 = front.first_line().await.parse().expect("a port");
    let trusted = std::fs::read(&certificate).expect("it was made");
    let client = reqwest::Client::builder()
        .add_root_certificate(reqwest::Certificate::from_pem(&trusted).expect("a certificate"))
        .resolve("discord.com", ([127, 0, 0, 1], port).into())
        .no_proxy()
        .build()
        .expect("a client");
    (front, HttpBuilder::new(TOKEN).client(client).build())
}

async fn serenity(work: Workload) -> String {
    let stage = work.stage().await;
    let keys = tempfile::tempdir().expect("a folder");
    let (_front, http) = serenity_before(&stage.fake.api_url(), keys.path()).await;
    let http = Arc::new(http);
    let mut senders = JoinSet::new();
    for (n, id) in stage.targets().into_iter().enumerate() {
        let http = http.clone();
        senders.spawn(async move {
            http.send_message(channel(&id), Vec::new(), &body("sy", n))
                .await
                .map(drop)
                .map_err(|e| format!("{e:?}"))
        });
    }
    let mut failed = Vec::new();
    let all = async {
        while let Some(done) = senders.join_next().await {
            failed.extend(done.expect("without a panic").err());
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, all).await.is_ok();
    let (_, line) = stage.told("serenity");
    format!("{line}; done in time: {in_time}, failed {}, first {:?}", failed.len(), failed.first())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes many minutes and needs Node.js with packages"]
async fn the_same_fan_outs_through_the_limiters_of_others() {
    for work in [FEW, MANY] {
        println!("{}", ours(work).await);
        println!("{}", discord_js(work).await);
        println!("{}", serenity(work).await);
    }
}
