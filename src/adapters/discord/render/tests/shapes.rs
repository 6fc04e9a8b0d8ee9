//! Any message and any form, with the words people really type and those that would like to be markup.

use proptest::prelude::*;

use super::super::{Look, Press, Rendered, checks, message as post, read_component, reply};
use super::{controls, look, pressed};
use crate::chat::message::NamedValue;
use crate::chat::{Action, Block, ButtonStyle, Choice, Field, FieldKind, Form, Message, Span, TimeStyle};
use crate::domain::civil::Instant;

pub fn outside() -> impl Strategy<Value = String> {
    let nasty = [
        "@everyone <@1> <@&2> <#3> </x:4>",
        "**bold** _it_ ~~no~~ `code` ||spoiler||",
        "> quoted",
        ">>> quoted",
        "# title",
        "-# small",
        "1. one",
        "- item",
        "a\nb\u{202e}c\n# d",
        "\u{1f469}\u{200d}\u{1f467}",
        "[bank](https://evil.example)",
        "discord.gg/abc https://evil.example",
        "```rust\nx\n```",
        "\\",
        "`",
        "*",
        ":",
        "@",
        "",
        " ",
        ":tada:",
        "<t:1:R> <:e:1> <a:e:1> <id:home>",
        "e\u{301}\u{301}",
        "](<",
        ">)",
    ];
    prop_oneof![
        16 => "[a-zA-Z0-9 ,.&<>*_~`|#:/@()\\[\\]\\\\é漢\u{1f600}-]{0,40}",
        8 => proptest::sample::select(nasty.map(str::to_owned).to_vec()),
        2 => (1usize..30, 0usize..12).prop_map(|(n, at)| {
            "ab <é& lonG\u{1f600}z".chars().skip(at).collect::<String>().repeat(n)
        }),
        1 => (1usize..14).prop_map(|n| "A long word & more: ".repeat(n * n)),
    ]
}

fn span() -> impl Strategy<Value = Span> {
    let style = proptest::sample::select(vec![
        TimeStyle::Date,
        TimeStyle::Time,
        TimeStyle::DateTime,
        TimeStyle::Full,
        TimeStyle::Relative,
    ]);
    prop_oneof![
        4 => outside().prop_map(|text| Span::Plain { text }),
        1 => outside().prop_map(|text| Span::Bold { text }),
        1 => outside().prop_map(|text| Span::Italic { text }),
        1 => outside().prop_map(|text| Span::Code { text }),
        1 => outside().prop_map(|text| Span::Command { text }),
        1 => (any::<i64>(), style).prop_map(|(at, style)| Span::Time { at: Instant::from_micros(at), style }),
        1 => ("[px][0-9]{0,3}", outside()).prop_map(|(id, name)| Span::Person { id, name }),
        1 => (outside(), outside(), any::<bool>()).prop_map(|(label, rest, good)| Span::Link {
            label,
            url: if good { format!("https://example.org/{}", rest.replace(' ', "")) } else { rest },
        }),
    ]
}

pub fn spans() -> impl Strategy<Value = Vec<Span>> {
    proptest::collection::vec(span(), 0..4)
}

fn choices(most: usize) -> impl Strategy<Value = Vec<Choice>> {
    proptest::collection::vec(("[a-z0-9-]{0,120}", outside()), 0..most)
        .prop_map(|all| all.into_iter().map(|(value, label)| Choice::new(value, label)).collect())
}

fn action() -> impl Strategy<Value = Action> {
    let style =
        proptest::sample::select(vec![ButtonStyle::Default, ButtonStyle::Primary, ButtonStyle::Danger]);
    // Few commands, so that many are in a message more than once.
    let words = || prop_oneof![3 => "[ab]{0,1}", 2 => "[a-z=~!: ]{0,100}", 1 => "[a-z]{94,100}"];
    prop_oneof![
        3 => (outside(), words(), style).prop_map(|(label, command, style)| Action::Button { label, command, style }),
        1 => (outside(), words(), choices(60))
            .prop_map(|(label, command, options)| Action::Select { label, command, options }),
        1 => (outside(), words()).prop_map(|(label, command)| Action::DateTime { label, command }),
    ]
}

fn block() -> impl Strategy<Value = Block> {
    let cells = || proptest::collection::vec(outside(), 0..6);
    let named = (outside(), spans()).prop_map(|(name, value)| NamedValue { name, value });
    let media = proptest::sample::select(vec!["image/png".to_owned(), "text/calendar".to_owned()]);
    prop_oneof![
        2 => outside().prop_map(|text| Block::Heading { text }),
        3 => spans().prop_map(|spans| Block::Text { spans }),
        2 => spans().prop_map(|spans| Block::Note { spans }),
        2 => proptest::collection::vec(spans(), 0..12).prop_map(|items| Block::List { items }),
        2 => proptest::collection::vec(named, 0..15).prop_map(|fields| Block::Fields { fields }),
        2 => (cells(), proptest::collection::vec(cells(), 0..9))
            .prop_map(|(columns, rows)| Block::Table { columns, rows }),
        2 => outside().prop_map(|text| Block::Code { text }),
        1 => (outside(), media, outside()).prop_map(|(name, media_type, alt)| Block::File {
            name, media_type, alt, base64: "aGVsbG8=".into(),
        }),
        1 => Just(Block::Divider),
        3 => proptest::collection::vec(action(), 0..7).prop_map(|actions| Block::Actions { actions }),
    ]
}

fn any_message() -> impl Strategy<Value = Message> {
    proptest::collection::vec(block(), 0..40).prop_map(|blocks| Message { blocks })
}

/// A kind of field with a value that it can have.
fn kind() -> impl Strategy<Value = (FieldKind, String)> {
    let list = |most| {
        let all = proptest::collection::btree_map("[a-z0-9-]{1,20}", outside(), 1..most);
        (all, any::<proptest::sample::Index>()).prop_map(|(all, at)| {
            let options: Vec<Choice> = all.into_iter().map(|(v, l)| Choice::new(v, l)).collect();
            let at = at.index(options.len());
            (options, at)
        })
    };
    prop_oneof![
        (outside(), 1usize..5_000, any::<bool>())
            .prop_map(|(value, max, multiline)| (FieldKind::Text { max, multiline }, value)),
        (-50i64..50, 0i64..100, 0i64..100).prop_map(|(min, more, at)| {
            (FieldKind::Number { min, max: min + more }, (min + at).to_string())
        }),
        list(140).prop_map(|(options, at)| {
            let value = options[at].value.clone();
            (FieldKind::Select { options }, value)
        }),
        list(60).prop_map(|(options, at)| {
            let some: Vec<&str> = options[..at].iter().map(|o| o.value.as_str()).collect();
            (FieldKind::Multi { options: options.clone() }, some.join(","))
        }),
        list(14).prop_map(|(options, at)| {
            let value = options[at].value.clone();
            (FieldKind::Scale { options }, value)
        }),
        proptest::collection::vec("[a-zé]{1,9}", 0..6)
            .prop_map(|words| (FieldKind::Tags { suggestions: words.clone() }, words.join(","))),
        Just((FieldKind::Date, "2027-03-14".to_owned())),
        Just((FieldKind::Time, "15:00".to_owned())),
        Just((FieldKind::Zone { suggestions: Vec::new() }, "Europe/Berlin".to_owned())),
        any::<bool>().prop_map(|on| (FieldKind::Toggle, if on { "yes" } else { "no" }.to_owned())),
        outside().prop_map(|junk| (FieldKind::Date, junk)),
        Just((FieldKind::Select { options: Vec::new() }, String::new())),
        Just((FieldKind::Select { options: vec![Choice::new("a", "A")] }, "of old".to_owned())),
    ]
}

pub fn any_form(most: usize) -> impl Strategy<Value = Form> {
    let field = (kind(), outside(), outside(), any::<bool>(), proptest::option::of(outside()));
    let command = prop_oneof![Just("profile".to_owned()), "[a-z ]{1,100}"];
    (outside(), command, spans(), outside(), proptest::collection::vec(field, 0..most)).prop_map(
        |(title, command, intro, submit, fields)| Form {
            title,
            command,
            intro,
            submit,
            fields: fields
                .into_iter()
                .enumerate()
                .map(|(i, ((kind, value), label, hint, required, error))| Field {
                    name: format!("n.{i}"),
                    label,
                    hint,
                    required,
                    error,
                    value,
                    kind,
                })
                .collect(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_message_is_within_all_limits_as_a_post_and_as_an_answer(message in any_message(), home in any::<bool>()) {
        let look = Look { home: home.then_some("1234567890123456789"), ..look() };
        let mut bodies = vec![post(&message, &look).body(), post(&message, &look).addressed_to("7").body()];
        prop_assert!(bodies[1]["content"].as_str().is_some_and(|content| checks::len(content) <= 2_000));
        bodies.truncate(1);
        bodies.extend(reply(&message, &look).iter().map(Rendered::body));
        for body in &bodies {
            prop_assert_eq!(checks::of_body(body), Vec::<String>::new(), "{}", body);
        }
    }

    #[test]
    fn every_component_can_be_pressed_and_asks_for_a_command_of_the_message(message in any_message()) {
        let wanted: Vec<&str> = message.all_actions().map(|action| action.command().trim()).collect();
        for body in reply(&message, &look()).iter().map(Rendered::body) {
            for control in controls(&body) {
                let read = read_component(&pressed(&body, &control, &["v"])).expect("ours").press;
                let command = match read {
                    Press::Command(command) | Press::Pick { command, .. } => command,
                    other @ Press::Form { .. } => panic!("{other:?}"),
                };
                let bare = if control["type"] == 3 { command.strip_suffix(" v").expect("chosen") } else { &command };
                prop_assert!(wanted.contains(&bare), "{bare:?}");
            }
        }
    }

    #[test]
    fn words_of_people_arrive_letter_by_letter(words in outside()) {
        let body = post(&Message::say(words.as_str()), &look()).body();
        let clean = crate::chat::plain::clean(&words);
        let wanted = clean.trim();
        prop_assume!(!wanted.is_empty() && checks::len(wanted) < 900);
        let shown = body["content"].as_str().unwrap_or_default();
        prop_assert_eq!(checks::seen(shown), wanted);
        prop_assert_eq!(checks::text_faults(shown), Vec::<String>::new());
    }
}
