//! The endpoints, asked over a real connection. Invariant: each test binds its own free port.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Counters, VitalSigns, Vitals, serve};

struct Fixed(Result<VitalSigns, String>);

#[async_trait]
impl Vitals for Fixed {
    async fn vitals(&self) -> Result<VitalSigns, String> {
        self.0.clone()
    }
}

/// A database that never answers.
struct Hanging;

#[async_trait]
impl Vitals for Hanging {
    async fn vitals(&self) -> Result<VitalSigns, String> {
        std::future::pending().await
    }
}

fn well() -> Arc<dyn Vitals> {
    Arc::new(Fixed(Ok(VitalSigns {
        nudges: vec![("ready".to_owned(), 7)],
        oldest_due_lag_seconds: Some(1.5),
        tzdb: "2026a".to_owned(),
        counters: Counters::default(),
        connections: vec![("slack-1".to_owned(), 2, 1)],
    })))
}

#[tokio::test]
async fn readyz_is_not_ready_while_a_platform_has_no_connection_at_all() {
    let signs = |up| VitalSigns {
        nudges: Vec::new(),
        oldest_due_lag_seconds: None,
        tzdb: "2026a".to_owned(),
        counters: Counters::default(),
        connections: vec![("slack-1".to_owned(), 2, up)],
    };
    for (up, word) in [(0, "not connected"), (1, "ready"), (2, "ready")] {
        let served = served(Arc::new(Fixed(Ok(signs(up))))).await;
        assert_eq!(body(&ask(served.address, "GET /readyz").await)["status"], word);
        served.stop.send(()).unwrap();
        served.server.await.unwrap().unwrap();
    }
}

fn ill() -> Arc<dyn Vitals> {
    Arc::new(Fixed(Err("canary: connection refused".to_owned())))
}

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

async fn served(vitals: Arc<dyn Vitals>) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, vitals, async move {
        stopped.await.unwrap();
    }));
    Served { address, stop, server }
}

async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn body(answer: &str) -> serde_json::Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn healthz_tells_the_zone_rules_and_the_lag() {
    let served = served(well()).await;
    let answer = ask(served.address, "GET /healthz").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("cache-control: no-store"), "{answer}");
    let body = body(&answer);
    assert_eq!(body["status"], "alive");
    assert_eq!(body["database"], "up");
    assert_eq!(body["tzdb"], "2026a");
    assert_eq!(body["oldest_due_lag_seconds"], 1.5);
    assert_eq!(body["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn without_a_database_the_process_is_alive_but_not_ready_and_the_reason_stays_inside() {
    let served = served(ill()).await;
    let health = ask(served.address, "GET /healthz").await;
    let ready = ask(served.address, "GET /readyz").await;
    let metrics = ask(served.address, "GET /metrics").await;
    assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
    assert_eq!(body(&health)["database"], "down");
    assert!(ready.starts_with("HTTP/1.1 503 "), "{ready}");
    assert_eq!(body(&ready)["status"], "not ready");
    assert!(metrics.contains("roundtable_database_up 0\n"), "{metrics}");
    assert!(!metrics.contains("roundtable_nudges"), "{metrics}");
    assert!([health, ready, metrics].iter().all(|answer| !answer.contains("canary")));
}

#[tokio::test]
async fn readyz_says_ready_when_the_database_answers() {
    let served = served(well()).await;
    let answer = ask(served.address, "GET /readyz").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(body(&answer)["status"], "ready");
}

#[tokio::test]
async fn metrics_are_served_as_prometheus_text() {
    let served = served(well()).await;
    let answer = ask(served.address, "GET /metrics").await;
    assert!(answer.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"), "{answer}");
    assert!(answer.contains("\nroundtable_nudges{state=\"ready\"} 7\n"), "{answer}");
    assert!(answer.contains("\nroundtable_nudge_lag_seconds 1.5\n"), "{answer}");
}

#[tokio::test]
async fn other_paths_and_other_methods_are_refused() {
    let served = served(well()).await;
    let lost = ask(served.address, "GET /admin").await;
    assert!(lost.starts_with("HTTP/1.1 404 ") && lost.contains("/healthz"), "{lost}");
    let post = ask(served.address, "POST /metrics").await;
    assert!(post.starts_with("HTTP/1.1 405 "), "{post}");
}

#[tokio::test(start_paused = true)]
async fn a_database_that_hangs_makes_nobody_wait_for_ever() {
    let served = served(Arc::new(Hanging)).await;
    let answer = ask(served.address, "GET /readyz").await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
}

#[tokio::test]
async fn the_server_ends_when_told_even_with_a_connection_open() {
    let served = served(well()).await;
    let answer = ask(served.address, "GET /readyz").await;
    assert!(answer.contains("ready"), "{answer}");
    tokio::time::pause();
    let silent = TcpStream::connect(served.address).await.unwrap();
    served.stop.send(()).unwrap();
    served.server.await.unwrap().unwrap();
    drop(silent);
    assert!(TcpStream::connect(served.address).await.is_err(), "the port is closed");
}
