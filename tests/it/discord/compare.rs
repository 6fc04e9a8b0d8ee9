//! The same fan-out through others' limiters: serenity's own and the one of discord.js, each against a fresh strict
//! Discord with its limits on. Needs Node.js with the packages of `tests/discord` installed, and openssl.
//! `cargo nextest run --run-ignored only discord::compare --no-capture`

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use roundtable::adapters::discord::transport::{Call, CallError, Reach, Rest, Route};
use roundtable::config::Secret;
use serde_json::{Value, json};
use serenity::http::HttpBuilder;
use serenity::model::id::ChannelId;
use tokio::task::JoinSet;
use tokio::time::Instant as Monotonic;

use super::fake::{Fake, Kind, Options, TOKEN};
use super::load::Running;
use crate::harness::discord::{GUILD, world};
use crate::harness::start;

/// Messages of each run, and the channels they are spread over.
const MESSAGES: usize = 1_000;
const CHANNELS: usize = 40;
/// What Discord permits the whole bot in a second.
const PERMITTED: f64 = 50.0;

/// A strict Discord with its limits on, and its channels.
async fn strict() -> (Fake, Vec<String>) {
    let clock = Arc::new(Running(Monotonic::now()));
    let mut world = world();
    let add = |n: usize| world.add_channel(Some(GUILD), Kind::Text, &format!("c{n}"), start());
    let channels: Vec<String> = (0..CHANNELS).map(add).collect();
    let options = Options { limited: true, kept: false, ..Options::new(clock) };
    (Fake::start(world, options).await, channels)
}

fn body(prefix: &str, n: usize) -> Value {
    json!({
        "content": "Hello", "nonce": format!("{prefix}{n}"), "enforce_nonce": true, "allowed_mentions": { "parse": [] },
    })
}

fn told(name: &str, fake: &Fake, began: Monotonic) {
    let took = began.elapsed().as_secs_f64();
    let held = {
        let world = fake.world();
        world.channels.values().flat_map(|c| &c.messages).filter(|m| m.nonce.is_some()).count()
    };
    #[allow(clippy::cast_precision_loss)] // A few thousand.
    let rate = held as f64 / took;
    println!(
        "{name:<20}{held:>6} of {MESSAGES} messages{took:>8.1} s{rate:>7.1} a second{:>7.1} % of the permitted \
         rate{:>6} sent away with 429",
        100.0 * rate / PERMITTED,
        fake.pace().1,
    );
}

async fn ours() {
    let (fake, channels) = strict().await;
    let reach = Reach { base: Some(fake.api_url()), ..Reach::default() };
    let rest = Arc::new(Rest::new(reach, Secret::new(TOKEN)).expect("a client"));
    let began = Monotonic::now();
    let mut senders = JoinSet::new();
    for n in 0..MESSAGES {
        let (rest, channel) =
            (rest.clone(), channels[n % CHANNELS].parse().map(ChannelId::new).expect("an id"));
        senders.spawn(async move {
            loop {
                let call =
                    Call::post(Route::ChannelMessages { channel_id: channel }, body("rt", n)).repeatable();
                match rest.call(call).await {
                    Ok(_) => break,
                    Err(CallError::Rate { retry_after }) => tokio::time::sleep(retry_after).await,
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    while let Some(done) = senders.join_next().await {
        done.expect("without a panic");
    }
    told("Roundtable", &fake, began);
    fake.must_be_clean();
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
    fn begin(arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> Self {
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

async fn discord_js() {
    let (fake, channels) = strict().await;
    let began = Monotonic::now();
    let (api, count) = (fake.api_url(), MESSAGES.to_string());
    let mut words = vec!["send", &api, TOKEN, &count];
    words.extend(channels.iter().map(String::as_str));
    let mut child = Beside::begin(words);
    println!("@discordjs/rest says {}", child.first_line().await);
    told("@discordjs/rest", &fake, began);
}

async fn serenity() {
    let (fake, channels) = strict().await;
    let keys = tempfile::tempdir().expect("a folder");
    let (key, certificate) = (keys.path().join("key.pem"), keys.path().join("cert.pem"));
    // serenity's limiter knows one address only, so a stand-in has to have that name.
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=discord.com"])
        .args(["-addext", "subjectAltName=DNS:discord.com", "-addext", "basicConstraints=critical,CA:TRUE"])
        .args([std::ffi::OsStr::new("-keyout"), key.as_os_str()])
        .args([std::ffi::OsStr::new("-out"), certificate.as_os_str()])
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl is there").success());
    let api = fake.api_url();
    let words = [std::ffi::OsStr::new("wrap"), api.as_ref(), key.as_os_str(), certificate.as_os_str()];
    let mut proxy = Beside::begin(words);
    let port: u16 = proxy.first_line().await.parse().expect("a port");
    let trusted = std::fs::read(&certificate).expect("it was made");
    let client = reqwest::Client::builder()
        .add_root_certificate(reqwest::Certificate::from_pem(&trusted).expect("a certificate"))
        .resolve("discord.com", ([127, 0, 0, 1], port).into())
        .no_proxy()
        .timeout(Duration::from_secs(600))
        .build()
        .expect("a client");
    let http = Arc::new(HttpBuilder::new(TOKEN).client(client).build());
    let began = Monotonic::now();
    let mut senders = JoinSet::new();
    for n in 0..MESSAGES {
        let (http, channel) =
            (http.clone(), channels[n % CHANNELS].parse().map(ChannelId::new).expect("an id"));
        senders.spawn(async move { http.send_message(channel, Vec::new(), &body("sy", n)).await.map(drop) });
    }
    let mut failed = 0;
    while let Some(done) = senders.join_next().await {
        failed += usize::from(done.expect("without a panic").is_err());
    }
    println!("serenity says {failed} failed");
    told("serenity", &fake, began);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes and needs Node.js with packages"]
async fn the_same_fan_out_through_the_limiters_of_others() {
    ours().await;
    discord_js().await;
    serenity().await;
}
