//! The pages of an installation: plain HTML that any browser, reader or keyboard can use. Invariant: what comes from
//! outside is escaped, and no page runs a script, loads anything or may be framed.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::adapters::slack::manifest::INSTALL_PATH;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
const STYLE: &str = "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1.25rem;\
                     color:#1d2733;background:#fff}a{color:#0b5394}a.act{display:inline-block;padding:.6rem 1.2rem;\
                     border-radius:.4rem;background:#0b5394;color:#fff;text-decoration:none}\
                     a:focus-visible{outline:3px solid #b45309;outline-offset:2px}\
                     @media(prefers-color-scheme:dark){body{color:#e8edf2;background:#12181f}a{color:#8ec5ff}\
                     a.act{background:#8ec5ff;color:#12181f}}";

/// A page: title, paragraphs, and a link to go on with.
pub(super) struct Page<'a> {
    pub(super) status: StatusCode,
    pub(super) title: &'a str,
    pub(super) words: &'a [&'a str],
    pub(super) link: Option<(&'a str, &'a str)>,
}

impl Page<'_> {
    fn html(&self) -> String {
        let title = escaped(self.title);
        let words: Vec<String> =
            self.words.iter().map(|words| format!("<p>{}</p>\n", escaped(words))).collect();
        let words = words.concat();
        let link = self.link.map(|(label, to)| {
            format!("<p><a class=\"act\" href=\"{}\">{}</a></p>\n", escaped(to), escaped(label))
        });
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} · Roundtable</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <h1>{title}</h1>\n{words}{}</main>\n</body>\n</html>\n",
            link.unwrap_or_default()
        )
    }
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (self.status, headers, self.html()).into_response()
    }
}

/// The page to begin at; the link leads to Slack.
pub(super) fn begin(authorize: &str) -> Response {
    Page {
        status: StatusCode::OK,
        title: "Add Roundtable to a Slack workspace",
        words: &[
            "Slack shows you next what Roundtable may do there, and asks you to choose the workspace. You need to be \
             allowed to add apps to it; otherwise Slack sends your request to somebody who is.",
            "Roundtable reads what people write to it directly, and no other conversations than those it opens \
             itself.",
        ],
        link: Some(("Go on at Slack", authorize)),
    }
    .into_response()
}

/// The app is in the workspace.
pub(super) fn done(workspace: &str) -> Response {
    let title = format!("Roundtable is in {workspace}");
    Page {
        status: StatusCode::OK,
        title: &title,
        words: &[
            "You can close this page. In Slack, find Roundtable under \"Apps\" and open its Home, or type \
             /mentor help in any conversation.",
            "An administrator of the workspace founds the first programme with /mentor program create.",
        ],
        link: None,
    }
    .into_response()
}

/// It did not work; whoever it was can begin again.
pub(super) fn again(status: StatusCode, title: &str, words: &str) -> Response {
    Page { status, title, words: &[words, "Nothing was changed."], link: Some(("Begin again", INSTALL_PATH)) }
        .into_response()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_escapes_what_it_is_given_and_runs_nothing() {
        let response = done("<script>alert(\"x\")</script> & 'co'");
        assert_eq!(response.headers()[header::CONTENT_SECURITY_POLICY], POLICY);
        let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        let html = String::from_utf8(body.to_vec()).unwrap();
        assert!(!html.contains("<script") && html.contains("&lt;script&gt;"), "{html}");
        assert!(html.contains("&amp; &#39;co&#39;"), "{html}");
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{html}");
        assert_eq!(html.matches("<h1>").count(), 1);
    }
}
