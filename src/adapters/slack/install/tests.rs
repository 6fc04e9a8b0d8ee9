//! Installations from the first page to the row in the database, against a Slack of a few lines. Invariant: every
//! refusal leaves the database as it was.

use std::net::SocketAddr;
use std::sync::Mutex;

use axum::body::Body;
use axum::http::Request;
use axum::routing::post;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;

use super::*;
use crate::clock::{Ids, VirtualClock};

/// What the small Slack answers to the exchange, and what it was asked.
#[derive(Default)]
struct Slack {
    answer: Mutex<Value>,
    asked: Mutex<Vec<String>>,
}

async fn serve(app: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn slack() -> (Arc<Slack>, SocketAddr) {
    let slack = Arc::new(Slack::default());
    let exchange = async |State(slack): State<Arc<Slack>>, body: String| {
        slack.asked.lock().unwrap().push(format!("exchange {body}"));
        slack.answer.lock().unwrap().to_string()
    };
    let revoke = async |State(slack): State<Arc<Slack>>, headers: HeaderMap| {
        slack.asked.lock().unwrap().push(format!("revoke {}", headers["authorization"].to_str().unwrap()));
        json!({ "ok": true, "revoked": true }).to_string()
    };
    let app = Router::new()
        .route("/api/oauth.v2.access", post(exchange))
        .route("/api/auth.revoke", post(revoke))
        .with_state(slack.clone());
    (slack, serve(app).await)
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

#[async_trait]
impl Installed for Heard {
    async fn installed(&self, workspace: &str, name: &str) {
        self.0.lock().unwrap().push(format!("{workspace} {name}"));
    }
}

/// Everything of one test.
struct Scene {
    slack: Arc<Slack>,
    installer: Arc<Installer>,
    address: SocketAddr,
    clock: Arc<VirtualClock>,
    heard: Arc<Heard>,
    _folder: tempfile::TempDir,
}

fn good() -> Value {
    json!({
        "ok": true, "access_token": "xoxb-canary", "token_type": "bot", "scope": "chat:write,commands",
        "bot_user_id": "UBOT", "app_id": "A1", "team": { "id": "T1", "name": "Acme <Inc>" },
        "enterprise": null, "is_enterprise_install": false,
    })
}

impl Scene {
    async fn new() -> Self {
        let (slack, address) = slack().await;
        let api = format!("http://{address}/api");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("t.db").to_string_lossy()).await.unwrap();
        store.migrate(None).await.unwrap();
        let clock = Arc::new(VirtualClock::at(Instant::from_secs(1_800_000_000)));
        let heard = Arc::new(Heard::default());
        let key = Secret::new("k".repeat(32));
        let installer = Arc::new(Installer {
            oauth: SlackOAuth {
                client_id: "1.2".into(),
                client_secret: Secret::new("client-canary"),
                key: key.clone(),
                public_url: "https://mentoring.example.org".into(),
            },
            keys: Arc::new(Keys::new(&key)),
            plain: Plain::new(&api).unwrap(),
            authorize: authorize_page(&api),
            store,
            clock: clock.clone(),
            ids: Arc::new(Ids::from_seed(1)),
            hears: heard.clone(),
        });
        *slack.answer.lock().unwrap() = good();
        let address = serve(routes(installer.clone())).await;
        Self { slack, installer, address, clock, heard, _folder: folder }
    }

    async fn get(&self, path: &str, cookie: &str) -> (StatusCode, HeaderMap, String) {
        let address = format!("http://{}{path}", self.address);
        let request = Request::get(address).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        let client = Client::builder(TokioExecutor::new()).build::<_, Body>(HttpConnector::new());
        let (head, body) = client.request(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(Body::new(body), 1_000_000).await.unwrap();
        (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    /// The state and cookie with which a browser leaves for Slack.
    async fn leave(&self) -> (String, String) {
        let (status, headers, page) = self.get(INSTALL_PATH, "").await;
        assert_eq!(status, StatusCode::OK);
        let cookie = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let state = page.split("state=").nth(1).unwrap().split(['"', '&']).next().unwrap().to_owned();
        (state, cookie)
    }

    async fn come_back(&self, state: &str, cookie: &str) -> (StatusCode, String) {
        let path = format!("{CALLBACK_PATH}?code=c0de&state={state}");
        let (status, _, page) = self.get(&path, cookie).await;
        (status, page)
    }

    async fn kept(&self) -> Option<Install> {
        self.installer.store.read().await.unwrap().find_install(PLATFORM, "T1").await.unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.slack.asked.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn the_first_page_leads_to_slack_with_scopes_address_and_state() {
    let scene = Scene::new().await;
    let (_, headers, page) = scene.get(INSTALL_PATH, "").await;
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    for part in ["Max-Age=600", "HttpOnly", "SameSite=Lax", "Secure", "Path=/slack"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        page.contains("/oauth/v2/authorize?client_id=1.2&amp;scope=chat%3Awrite%2Ccommands%2C"),
        "{page}"
    );
    assert!(
        page.contains(
            "redirect_uri=https%3A%2F%2Fmentoring.example.org%2Fslack%2Foauth%2Fcallback&amp;state="
        )
    );
    assert_eq!(authorize_page("https://slack.com/api"), "https://slack.com/oauth/v2/authorize");
    assert_eq!(authorize_page("https://slack-gov.com/api"), "https://slack-gov.com/oauth/v2/authorize");
}

#[tokio::test]
async fn a_browser_that_comes_back_with_a_code_installs_the_app_and_the_token_is_sealed() {
    let scene = Scene::new().await;
    let (state, cookie) = scene.leave().await;
    let (status, page) = scene.come_back(&state, &format!("other=1; {cookie}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Roundtable is in Acme &lt;Inc&gt;"), "{page}");
    let kept = scene.kept().await.unwrap();
    assert!(!kept.token.contains("canary"));
    assert_eq!(scene.installer.keys.open("T1", &kept.token), Ok(Secret::new("xoxb-canary")));
    assert_eq!(
        (kept.name.as_str(), kept.bot_account.as_str(), kept.app_id.as_str()),
        ("Acme <Inc>", "UBOT", "A1")
    );
    assert_eq!(*scene.heard.0.lock().unwrap(), ["T1 Acme <Inc>"]);
    let asked = scene.asked();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].starts_with("exchange client_id=1.2&client_secret=client-canary&code=c0de&"),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_way_back_is_good_once_in_its_browser_and_for_ten_minutes() {
    let scene = Scene::new().await;
    let (state, cookie) = scene.leave().await;
    for (state, cookie) in
        [(state.as_str(), ""), (&state, "roundtable-install=other"), ("forged.1.x", &cookie), ("", &cookie)]
    {
        assert_eq!(scene.come_back(state, cookie).await.0, StatusCode::BAD_REQUEST, "{state} {cookie}");
    }
    assert!(scene.asked().is_empty(), "a forged way back never reaches Slack");
    assert_eq!(scene.come_back(&state, &cookie).await.0, StatusCode::OK);
    let (status, page) = scene.come_back(&state, &cookie).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(page.contains("no longer good") && page.contains("Begin again"), "{page}");
    assert_eq!(scene.asked().len(), 1);

    let (state, cookie) = scene.leave().await;
    scene.clock.turn_to(Instant::from_secs(1_800_000_600));
    assert_eq!(scene.come_back(&state, &cookie).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(scene.heard.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_app_installed_again_has_its_new_token_and_its_first_instant() {
    let scene = Scene::new().await;
    let (state, cookie) = scene.leave().await;
    scene.come_back(&state, &cookie).await;
    let mut tx = scene.installer.store.begin().await.unwrap();
    tx.mark_install_gone(PLATFORM, "T1", scene.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    scene.clock.turn_to(Instant::from_secs(1_800_001_000));
    scene.slack.answer.lock().unwrap()["access_token"] = json!("xoxb-canary-2");
    let (state, cookie) = scene.leave().await;
    assert_eq!(scene.come_back(&state, &cookie).await.0, StatusCode::OK);
    let kept = scene.kept().await.unwrap();
    assert_eq!(kept.state, Presence::Active);
    assert_eq!(scene.installer.keys.open("T1", &kept.token), Ok(Secret::new("xoxb-canary-2")));
    assert_eq!(kept.installed_at, Instant::from_secs(1_800_000_000));
    assert_eq!(kept.updated_at, Instant::from_secs(1_800_001_000));
}

#[tokio::test]
async fn tokens_that_cannot_be_used_are_given_back_and_not_kept() {
    for (change, words) in [
        (
            json!({ "team": null, "is_enterprise_install": true, "enterprise": { "id": "E1" } }),
            "choose one workspace",
        ),
        (json!({ "refresh_token": "xoxe-1-canary", "expires_in": 43200 }), "token rotation"),
        (json!({ "access_token": "xoxp-canary" }), "no token for a bot"),
    ] {
        let scene = Scene::new().await;
        let mut answer = good();
        for (key, value) in change.as_object().unwrap() {
            answer[key] = value.clone();
        }
        *scene.slack.answer.lock().unwrap() = answer.clone();
        let (state, cookie) = scene.leave().await;
        let (status, page) = scene.come_back(&state, &cookie).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(page.contains(words) && page.contains("Begin again") && !page.contains("canary"), "{page}");
        assert!(scene.kept().await.is_none());
        let expected = format!("revoke Bearer {}", answer["access_token"].as_str().unwrap());
        assert_eq!(scene.asked().last(), Some(&expected));
        assert!(scene.heard.0.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn whoever_declines_or_is_refused_by_slack_may_begin_again() {
    let scene = Scene::new().await;
    let (status, _, page) = scene.get(&format!("{CALLBACK_PATH}?error=access_denied&state=x"), "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("was not added") && page.contains("Begin again"), "{page}");
    for (error, status, words) in [
        ("invalid_code", StatusCode::BAD_REQUEST, "used already"),
        ("bad_client_secret", StatusCode::BAD_GATEWAY, "credentials"),
        ("internal_error", StatusCode::BAD_GATEWAY, "cannot be reached"),
    ] {
        *scene.slack.answer.lock().unwrap() = json!({ "ok": false, "error": error });
        let (state, cookie) = scene.leave().await;
        let (told, page) = scene.come_back(&state, &cookie).await;
        assert_eq!(told, status, "{error}");
        assert!(page.contains(words) && !page.contains("canary"), "{page}");
    }
    assert!(scene.kept().await.is_none());
}
