//! How messages look, one case each.

use serde_json::json;

use super::super::{
    CUT, GOES_ON, NOTHING, Press, checks, message as post, picker, read_component, read_modal, reply,
};
use super::super::{Filed, Look};
use super::{controls, filed, look, pressed};
use crate::chat::{Action, Block, Choice, Message, Span, TimeStyle, bold, command, time};
use crate::domain::civil::Instant;

fn card() -> Message {
    Message::new()
        .heading("Bridge builders: 3rd meetup")
        .text([
            "It is now ".into(),
            time(Instant::from_secs(1_800_000_000), TimeStyle::DateTime),
            ". Can you come?".into(),
        ])
        .fields([
            ("Place", vec!["Room 4".into()]),
            ("Mentor", vec![Span::Person { id: "p7".into(), name: "Ada".into() }]),
        ])
        .actions([Action::primary("Yes", "meetup rsvp yes m1"), Action::button("No", "meetup rsvp no m1")])
}

const CARD: &str = "### Bridge builders: 3rd meetup\nIt is now <t:1800000000:f>. Can you come?\n\n**Place:** Room \
                    4\n**Mentor:** <@17>";

#[test]
fn a_card_is_an_embed_with_its_buttons_below() {
    let shown = post(&card(), &look());
    let body = shown.body();
    assert_eq!(body["embeds"][0]["description"], CARD);
    assert_eq!(body["components"][0]["components"][0]["style"], 1);
    assert_eq!(body["components"][0]["components"][1]["custom_id"], "meetup rsvp no m1");
    assert_eq!(shown.mentions, ["17"]);
    assert_eq!(checks::of_body(&body), Vec::<String>::new());
}

#[test]
fn few_words_are_content_and_an_edit_takes_away_what_was_there() {
    let shown = post(&Message::say("Noted. Thank you."), &look());
    assert_eq!(shown.body(), json!({"content": "Noted. Thank you."}));
    let wanted = json!({"content": "Noted. Thank you.", "embeds": [], "components": [], "attachments": []});
    assert_eq!(shown.edit(), wanted);
}

#[test]
fn an_answer_keeps_each_row_beside_its_words() {
    let two = Message::new()
        .text([bold("Alpha")])
        .actions([Action::button("Yes", "a yes")])
        .text([bold("Beta")])
        .actions([Action::button("Yes", "b yes")]);
    let answers = reply(&two, &look());
    assert_eq!(answers.len(), 1);
    let body = answers[0].private();
    assert_eq!(body["flags"], 32_768 + 64);
    let inner = body["components"][0]["components"].as_array().unwrap();
    let kinds: Vec<u64> = inner.iter().map(|part| part["type"].as_u64().unwrap()).collect();
    assert_eq!(kinds, [10, 1, 10, 1]);
    assert_eq!(inner[1]["components"][0]["label"], "Yes", "the words above say what it is about");
    let posted = post(&two, &look()).body();
    assert_eq!(posted["components"][0]["components"][0]["label"], "Yes: Alpha");
    assert_eq!(posted["components"][1]["components"][0]["label"], "Yes: Beta");
}

#[test]
fn a_short_answer_needs_no_frame() {
    let body = reply(&Message::say("Done."), &look())[0].body();
    assert_eq!(body, json!({"flags": 32_768, "components": [{"type": 10, "content": "Done."}]}));
}

#[test]
fn a_post_that_is_too_long_keeps_its_buttons_and_says_so() {
    let long = (0..100).fold(Message::new(), |m, i| m.words(format!("{i}: {}", "word ".repeat(60))));
    let body = post(&long.actions([Action::button("I agree", "charter accept x")]), &look()).body();
    assert!(body["embeds"][0]["description"].as_str().unwrap().ends_with(CUT));
    assert_eq!(controls(&body)[0]["custom_id"], "charter accept x");
    assert_eq!(checks::of_body(&body), Vec::<String>::new());
}

#[test]
fn a_long_answer_goes_on_in_order_and_the_last_may_be_cut() {
    let items = |n: u32| (0..n).map(|i| vec![Span::from(format!("entry {i} {}", "x".repeat(60)))]);
    let whole = reply(&Message::new().heading("All of it").list(items(150)), &look());
    assert!((2..=4).contains(&whole.len()), "{}", whole.len());
    let all: String = whole.iter().map(|part| part.body().to_string()).collect();
    let places: Vec<Option<usize>> = (0..150).map(|i| all.find(&format!("entry {i} "))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted());
    assert_eq!(all.matches(GOES_ON).count(), whole.len() - 1);
    let last = Action::button("I agree", "charter accept x");
    let cut = reply(&Message::new().list(items(900)).actions([last]), &look());
    assert_eq!(cut.len(), 4);
    let end = cut[3].body();
    assert!(end.to_string().contains(CUT), "it says that something is missing");
    assert_eq!(controls(&end)[0]["custom_id"], "charter accept x");
}

#[test]
fn more_rows_than_a_post_has_are_packed_and_then_left_out_with_a_word() {
    let rows = |n: usize| {
        (0..n).fold(Message::say("Choose:"), |m, i| m.actions([Action::button("Go", format!("help {i}"))]))
    };
    let body = post(&rows(12), &look()).body();
    assert_eq!(controls(&body).len(), 12);
    assert_eq!(checks::of_body(&body), Vec::<String>::new());
    let body = post(&rows(40), &look()).body();
    assert_eq!(controls(&body).len(), 25);
    assert!(body["content"].as_str().unwrap().contains("more buttons"), "{body}");
}

#[test]
fn files_are_attached_and_shown() {
    let file = |name: &str, media_type: &str, base64: &str| Block::File {
        name: name.into(),
        media_type: media_type.into(),
        alt: "Your meetup".into(),
        base64: base64.into(),
    };
    let blocks = vec![
        Block::Heading { text: "Files".into() },
        file("meetup.ics", "text/calendar", "aGk="),
        file("group.png", "image/png", "aGk="),
        file("broken.png", "image/png", "?"),
    ];
    let message = Message { blocks };
    let posted = post(&message, &look());
    assert_eq!(posted.files.len(), 2);
    assert_eq!(posted.body()["embeds"][0]["image"]["url"], "attachment://group.png");
    assert!(posted.body().to_string().contains("could not be attached: broken.png (Your meetup)"));
    let answer = reply(&message, &look()).remove(0);
    assert_eq!(answer.files.len(), 2);
    let body = answer.body();
    assert_eq!(
        body["components"][0]["components"][1],
        json!({"type": 13, "file": {"url": "attachment://meetup.ics"}})
    );
    for body in [posted.body(), body] {
        assert_eq!(checks::of_body(&body), Vec::<String>::new());
    }
    let lone = post(&Message { blocks: vec![file("a.ics", "text/calendar", "aGk=")] }, &look()).body();
    assert_eq!(lone["attachments"][0]["filename"], "a.ics");
}

#[test]
fn an_empty_message_still_says_something() {
    assert_eq!(post(&Message::new(), &look()).body(), json!({"content": NOTHING}));
    assert!(reply(&Message::new(), &look())[0].body().to_string().contains(NOTHING));
}

#[test]
fn a_post_can_be_addressed_to_an_account_and_to_nothing_else() {
    let hello = post(&Message::say("Hello"), &look());
    let to = hello.clone().addressed_to("42");
    assert_eq!(
        (to.body()["content"].as_str(), to.mentions.as_slice()),
        (Some("<@42>\nHello"), &["42".to_owned()][..])
    );
    assert_eq!(hello.clone().addressed_to("@everyone"), hello);
    let card = post(&card(), &look()).addressed_to("42").body();
    assert_eq!((&card["content"], &card["embeds"][0]["description"]), (&json!("<@42>"), &json!(CARD)));
}

#[test]
fn commands_are_shown_as_they_are_typed_here() {
    let words = |text: &str| post(&Message::new().text([command(text)]), &look()).body()["content"].clone();
    assert_eq!(words("starter never 1"), "`/mentor starter never starter:1`");
    assert_eq!(words("charter pathways"), "`/mentor charter show program:pathways`");
    assert_eq!(words("groups move"), "`/mentor groups move`");
}

#[test]
fn a_press_gives_the_command_back() {
    let options = vec![Choice::new("skills", "Skills of a CIO"), Choice::new("", "None")];
    let message = Message::new().actions([
        Action::danger("Call it off", "meetup cancel m1"),
        Action::Select { label: "Pick".into(), command: "meetup need meetup=m1".into(), options },
        Action::DateTime { label: "Move it".into(), command: "meetup move m1".into() },
        Action::button("Again", "meetup cancel m1"),
    ]);
    for body in [post(&message, &look()).body(), reply(&message, &look())[0].body()] {
        let found = controls(&body);
        let press =
            |i: usize, values: &[&str]| read_component(&pressed(&body, &found[i], values)).unwrap().press;
        assert_eq!(press(0, &[]), Press::Command("meetup cancel m1".into()));
        assert_eq!(press(1, &["skills"]), Press::Command("meetup need meetup=m1 skills".into()));
        let pick = Press::Pick { label: "Move it".into(), command: "meetup move m1".into() };
        assert_eq!(press(2, &[]), pick);
        assert_eq!(press(3, &[]), Press::Command("meetup cancel m1".into()));
        let mut bare = pressed(&body, &found[2], &[]);
        bare["message"] = json!(null);
        let pick = Press::Pick { label: String::new(), command: "meetup move m1".into() };
        assert_eq!(read_component(&bare).unwrap().press, pick, "the label is a kindness, not a need");
    }
    let strange = json!({"data": {"component_type": 5, "custom_id": "leave", "values": ["1"]}});
    assert_eq!(read_component(&strange), None);
    assert_eq!(
        read_component(&json!({"data": {"component_type": 3, "custom_id": "leave", "values": []}})),
        None
    );
}

#[test]
fn a_component_of_a_direct_message_says_for_which_guild_it_is() {
    let look = Look { home: Some("1234567890123456789"), ..look() };
    let body = post(&Message::new().actions([Action::button("Home", "home")]), &look).body();
    let found = read_component(&pressed(&body, &controls(&body)[0], &[])).unwrap();
    assert_eq!((found.home.as_deref(), found.press), (look.home, Press::Command("home".into())));
}

#[test]
fn a_picked_time_becomes_a_command() {
    let modal = picker("", "meetup move m1", Some("Europe/Berlin"), Some("77")).unwrap();
    assert_eq!(checks::of_modal(&modal), Vec::<String>::new());
    let found = read_modal(&filed(&modal, &[("date", " 2027-02-03"), ("time", "09:30\n")])).unwrap();
    assert_eq!(found.filed, Filed::Text("meetup move m1 2027-02-03 09:30".into()));
    assert_eq!(found.home.as_deref(), Some("77"));
    assert_eq!(picker("x", &"y".repeat(100), None, None), None);
}
