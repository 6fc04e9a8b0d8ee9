//! Any message and any form, with the words people really type and those that would like to be markup.

use proptest::prelude::*;
use serde_json::json;

use super::super::{checks, closing, home, message as render, modal, parts, read_state};
use super::{filed, look};
use crate::chat::message::NamedValue;
use crate::chat::{Action, Block, ButtonStyle, Choice, Field, FieldKind, Form, Message, Span, TimeStyle};
use crate::domain::civil::Instant;

fn outside() -> impl Strategy<Value = String> {
    let nasty = [
        "<!channel> & <@U1>",
        "*bold* _it_ ~no~ `code`",
        "> quoted",
        "&amp;",
        "a\nb\u{202e}c",
        "\u{1f469}\u{200d}\u{1f467}",
        "<https://evil.example|bank>",
        "",
        " ",
        ":tada:",
        "e\u{301}\u{301}",
        "--- | ---",
    ];
    prop_oneof![
        16 => "[a-zA-Z ,.&<>*_~`é漢\u{1f600}]{0,40}",
        8 => proptest::sample::select(nasty.map(str::to_owned).to_vec()),
        2 => (1usize..30, 0usize..12).prop_map(|(n, at)| "ab <é& lonG\u{1f600}z"[..].chars().skip(at).collect::<String>().repeat(n)),
        1 => (1usize..14).prop_map(|n| "A long word & more. ".repeat(n * n)),
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
            url: if good { format!("https://example.org/{rest}") } else { rest },
        }),
    ]
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    proptest::collection::vec(span(), 0..4)
}

fn choices(most: usize) -> impl Strategy<Value = Vec<Choice>> {
    proptest::collection::vec(("[a-z0-9-]{0,160}", outside()), 0..most)
        .prop_map(|all| all.into_iter().map(|(value, label)| Choice::new(value, label)).collect())
}

fn action() -> impl Strategy<Value = Action> {
    let style =
        proptest::sample::select(vec![ButtonStyle::Default, ButtonStyle::Primary, ButtonStyle::Danger]);
    let words = "[a-z=ä ]{0,100}";
    prop_oneof![
        3 => (outside(), words, style).prop_map(|(label, command, style)| Action::Button { label, command, style }),
        1 => (outside(), words, choices(30))
            .prop_map(|(label, command, options)| Action::Select { label, command, options }),
        1 => (outside(), words).prop_map(|(label, command)| Action::DateTime { label, command }),
    ]
}

fn block() -> impl Strategy<Value = Block> {
    let cells = || proptest::collection::vec(outside(), 0..6);
    let named = (outside(), spans()).prop_map(|(name, value)| NamedValue { name, value });
    prop_oneof![
        outside().prop_map(|text| Block::Heading { text }),
        spans().prop_map(|spans| Block::Text { spans }),
        spans().prop_map(|spans| Block::Note { spans }),
        proptest::collection::vec(spans(), 0..12).prop_map(|items| Block::List { items }),
        proptest::collection::vec(named, 0..15).prop_map(|fields| Block::Fields { fields }),
        (cells(), proptest::collection::vec(cells(), 0..9))
            .prop_map(|(columns, rows)| Block::Table { columns, rows }),
        outside().prop_map(|text| Block::Code { text }),
        Just(Block::Divider),
        outside().prop_map(|name| Block::File {
            name,
            media_type: "text/calendar".into(),
            alt: "a meetup".into(),
            base64: String::new(),
        }),
        proptest::collection::vec(action(), 0..30).prop_map(|actions| Block::Actions { actions }),
    ]
}

fn any_message() -> impl Strategy<Value = Message> {
    proptest::collection::vec(block(), 0..60).prop_map(|blocks| Message { blocks })
}

/// A kind of field with a value that it can have.
fn kind() -> impl Strategy<Value = (FieldKind, String)> {
    let list = |most| {
        (
            proptest::collection::btree_map("[a-z0-9-]{1,20}", outside(), 1..most),
            any::<proptest::sample::Index>(),
        )
            .prop_map(|(all, at)| {
                let options: Vec<Choice> = all.into_iter().map(|(v, l)| Choice::new(v, l)).collect();
                let at = at.index(options.len());
                (options, at)
            })
    };
    prop_oneof![
        (outside(), 1usize..5_000, any::<bool>()).prop_map(|(value, max, multiline)| (
            FieldKind::Text { max, multiline },
            value.chars().take(2_000).collect()
        )),
        (-50i64..50, 0i64..100, 0i64..100).prop_map(|(min, more, at)| {
            (FieldKind::Number { min, max: min + more }, (min + at).to_string())
        }),
        list(30).prop_map(|(options, at)| (
            FieldKind::Select { options: options.clone() },
            options[at].value.clone()
        )),
        list(25).prop_map(|(options, at)| {
            let some: Vec<&str> = options[..at].iter().map(|o| o.value.as_str()).collect();
            (FieldKind::Multi { options: options.clone() }, some.join(","))
        }),
        list(14).prop_map(|(options, at)| (
            FieldKind::Scale { options: options.clone() },
            options[at].value.clone()
        )),
        proptest::collection::vec("[a-zé]{1,9}", 0..6)
            .prop_map(|words| { (FieldKind::Tags { suggestions: words.clone() }, words.join(",")) }),
        (1i8..=12, 1i8..=28).prop_map(|(m, d)| (FieldKind::Date, format!("2027-{m:02}-{d:02}"))),
        (0i8..24, 0i8..60).prop_map(|(h, m)| (FieldKind::Time, format!("{h:02}:{m:02}"))),
        Just((FieldKind::Zone { suggestions: Vec::new() }, "Europe/Berlin".to_owned())),
        any::<bool>().prop_map(|on| (FieldKind::Toggle, if on { "yes" } else { "no" }.to_owned())),
        outside().prop_map(|junk| (FieldKind::Date, junk.chars().take(30).collect())),
        outside().prop_map(|junk| (FieldKind::Number { min: 0, max: 5 }, junk.chars().take(30).collect())),
        Just((FieldKind::Select { options: Vec::new() }, String::new())),
    ]
}

fn any_form(most: usize) -> impl Strategy<Value = Form> {
    let field = (kind(), outside(), outside(), any::<bool>(), proptest::option::of(outside()));
    (outside(), spans(), outside(), proptest::collection::vec(field, 0..most)).prop_map(
        |(title, intro, submit, fields)| Form {
            title,
            command: "profile".into(),
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
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn any_message_is_within_all_limits_in_each_place(message in any_message()) {
        let whole = render(&message, &look());
        prop_assert_eq!(checks::of_message(&whole.text, &whole.blocks), Vec::<String>::new());
        for part in parts(&message, &look()) {
            prop_assert_eq!(checks::of_message(&part.text, &part.blocks), Vec::<String>::new());
        }
        prop_assert_eq!(checks::of_view(&home(&message, &look())), Vec::<String>::new());
        prop_assert_eq!(checks::of_view(&closing("Done & <over>", &message, &look())), Vec::<String>::new());
    }

    #[test]
    fn any_form_is_within_all_limits_and_gives_its_values_back(form in any_form(30)) {
        let view = modal(&form, "{}", &look());
        prop_assert_eq!(checks::of_view(&view), Vec::<String>::new());
        let values = read_state(&filed(&view));
        let shown: Vec<&Field> = form.fields.iter().filter(|field| values.contains_key(&field.name)).collect();
        let left_out = view["blocks"].as_array().unwrap().iter().any(|block| block["block_id"] == "rest");
        let empty = |field: &&Field| matches!(&field.kind, FieldKind::Select { options } if options.is_empty());
        prop_assert!(left_out || shown.len() + form.fields.iter().filter(empty).count() == form.fields.len());
        for field in shown {
            prop_assert_eq!(values[&field.name].trim(), field.value.trim(), "{:?}", field.kind);
        }
    }

    #[test]
    fn a_form_longer_than_slack_allows_says_so(form in any_form(110)) {
        let view = modal(&form, &"m".repeat(3_000), &look());
        prop_assert_eq!(checks::of_view(&view), Vec::<String>::new());
        let blocks = view["blocks"].as_array().unwrap();
        let seen = |id: &str| blocks.iter().any(|b| b["block_id"].as_str().is_some_and(|b| b.starts_with(id)));
        let last = form.fields.len().saturating_sub(1);
        let all = form.fields.is_empty() || seen(&format!("f{last}.")) || seen(&format!("n{last}."));
        prop_assert_eq!(all, !seen("rest"));
    }

    #[test]
    fn words_of_people_arrive_letter_by_letter(words in "[a-z*_~`<>&|: ]{1,200}") {
        prop_assume!(!words.trim().is_empty());
        let shown = render(&Message::say(words.as_str()), &look());
        prop_assert_eq!(&shown.blocks[0]["elements"][0]["elements"], &json!([{"type": "text", "text": words}]));
    }
}
