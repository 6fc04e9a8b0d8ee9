//! How messages look, one case each.

use serde_json::json;

use super::super::{GOES_ON, Look, checks, message as render, parts};
use super::{blocks_of, look};
use crate::chat::{Action, Block, Message, Span, TimeStyle, bold, command, time};
use crate::domain::civil::Instant;

#[test]
fn a_typical_card_looks_as_slack_apps_do() {
    let card = Message::new()
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
        .actions([Action::primary("Yes", "meetup rsvp yes m1"), Action::button("No", "meetup rsvp no m1")]);
    let shown = render(&card, &look());
    assert_eq!(shown.blocks[0]["text"]["text"], "Bridge builders: 3rd meetup");
    let date = &shown.blocks[1]["elements"][0]["elements"][1];
    assert_eq!((&date["type"], &date["timestamp"]), (&json!("date"), &json!(1_800_000_000)));
    assert_eq!(shown.blocks[2]["fields"][1]["text"], "*Mentor*\n<@U07>");
    assert_eq!(shown.blocks[3]["elements"][0]["style"], "primary");
    assert_eq!(
        shown.text,
        "Bridge builders: 3rd meetup\nIt is now <!date^1800000000^{date_long_pretty} at {time}|Fri 15 Jan 2027, \
         08:00 UTC>. Can you come?\nPlace: Room 4\nMentor: Ada\nButtons: Yes, No"
    );
}

#[test]
fn small_print_is_context_unless_a_word_in_it_could_be_markup() {
    let note = |spans: Vec<Span>| blocks_of(&Message::new().note(spans)).remove(0);
    let plain = note(vec!["For one: ".into(), command("help join"), ".".into()]);
    assert_eq!(plain["elements"][0]["text"], "For one: `/mentor help join`.");
    for outside in ["*x*", "_x_", "~x~", "`x`", "> x"] {
        let shown = note(vec![outside.into()]);
        assert_eq!(shown["elements"][0]["elements"][0]["text"], outside);
    }
    assert_eq!(note(vec![" ".into(), "> x".into()])["type"], "rich_text");
    assert_eq!(note(vec!["<!channel>".into()])["elements"][0]["text"], "&lt;!channel&gt;");
    assert_eq!(note(vec![bold("x")])["type"], "rich_text");
}

#[test]
fn an_account_that_is_no_slack_id_is_never_mentioned() {
    let look = Look { root: "/mentor", names: &|_| Some("U1><!channel".into()) };
    let person = Span::Person { id: "p1".into(), name: "Ada".into() };
    let shown = render(&Message::new().text([person]), &look);
    assert_eq!(shown.blocks[0]["elements"][0]["elements"][0], json!({"type": "text", "text": "Ada"}));
}

#[test]
fn an_address_that_is_not_of_the_web_stays_words() {
    let link = |url: &str| Span::Link { label: "here".into(), url: url.into() };
    let shown =
        blocks_of(&Message::new().text([link("javascript:alert(1)"), link("https://a.example/?a=1&b=2")]));
    let elements = &shown[0]["elements"][0]["elements"];
    assert_eq!(elements[0]["text"], "here (javascript:alert(1))");
    assert_eq!(
        (&elements[1]["type"], &elements[1]["url"]),
        (&json!("link"), &json!("https://a.example/?a=1&b=2"))
    );
}

#[test]
fn a_message_that_is_too_long_keeps_its_buttons_and_says_so() {
    let long = (0..100).fold(Message::new(), |m, i| m.words(format!("{i}: {}", "word ".repeat(60))));
    let shown = render(&long.actions([Action::button("I agree", "charter accept x")]), &look());
    let all = json!(shown.blocks).to_string();
    assert!(all.contains("charter accept x") && all.contains("some of it is left out here"), "{all}");
    assert_eq!(shown.blocks.last().unwrap()["type"], "actions");
    assert_eq!(checks::of_message(&shown.text, &shown.blocks), Vec::<String>::new());
}

#[test]
fn parts_hold_every_entry_in_order_and_lead_on() {
    let items = (0..300).map(|i| vec![Span::from(format!("entry {i} {}", "x".repeat(60)))]);
    let parts = parts(&Message::new().heading("All of it").list(items), &look());
    assert!((2..=4).contains(&parts.len()), "{}", parts.len());
    let all: String = parts.iter().map(|part| json!(part.blocks).to_string()).collect();
    let places: Vec<Option<usize>> = (0..300).map(|i| all.find(&format!("entry {i} "))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted());
    assert_eq!(all.matches(GOES_ON).count(), parts.len() - 1);
}

#[test]
fn a_message_that_fits_is_one_part() {
    let message = Message::say("Hello");
    assert_eq!(parts(&message, &look()), vec![render(&message, &look())]);
}

#[test]
fn a_changed_message_has_new_ids_and_the_same_one_has_the_same() {
    let ids = |m: &Message| blocks_of(m).iter().map(|b| b["block_id"].clone()).collect::<Vec<_>>();
    let (a, b) = (Message::say("one").words("same"), Message::say("two").words("same"));
    assert_eq!(ids(&a), ids(&a));
    assert!(ids(&a).iter().all(|id| !ids(&b).contains(id)));
}

#[test]
fn buttons_with_the_same_label_say_what_they_are_about() {
    let two = Message::new()
        .text([bold("Alpha")])
        .actions([Action::button("Yes", "a yes"), Action::button("More", "a more")])
        .text([bold("Beta")])
        .actions([Action::button("Yes", "b yes")]);
    let shown = blocks_of(&two);
    assert_eq!(shown[1]["elements"][0]["accessibility_label"], "Yes: Alpha");
    assert_eq!(shown[3]["elements"][0]["accessibility_label"], "Yes: Beta");
    assert!(shown[1]["elements"][1]["accessibility_label"].is_null());
}

#[test]
fn an_empty_message_and_a_lone_file_still_say_something() {
    let file = Block::File {
        name: "meetup.ics".into(),
        media_type: "text/calendar".into(),
        alt: "Your meetup".into(),
        base64: String::new(),
    };
    let shown = render(&Message { blocks: vec![file] }, &look());
    assert_eq!(shown.text, "File: meetup.ics (Your meetup)");
    assert_eq!(shown.blocks[0]["elements"][0]["elements"][0]["text"], "File: meetup.ics (Your meetup)");
    let empty = render(&Message::new(), &look());
    assert_eq!(checks::of_message(&empty.text, &empty.blocks), Vec::<String>::new());
}
