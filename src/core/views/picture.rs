//! A proposal as a picture: quality by criterion beside lots and beside what is proven to be possible.

use base64::Engine as _;

use crate::chat::chart::{Bars, Chart, draw};
use crate::chat::{Block, Message};
use crate::domain::formation::Standing;
use crate::store::programs::Program;

const TITLE: &str = "How good is the proposal? (0 to 100)";

/// The figures of a proposal as a picture, and the same in words for those who do not see it.
pub(in crate::core) fn picture(program: &Program, standing: &Standing) -> Message {
    let limit = standing.bound.filter(|most| *most < 100);
    let mut rows =
        vec![Bars { label: "Mean fit".to_owned(), first: standing.plan, second: standing.chance, limit }];
    rows.extend(standing.criteria.iter().map(|row| Bars {
        label: row.criterion.words().to_owned(),
        first: row.plan,
        second: row.chance,
        limit: None,
    }));
    let words: Vec<String> =
        rows.iter().map(|row| format!("{} {}, lots {}", row.label, row.first, row.second)).collect();
    let bound = limit.map(|most| format!("; no arrangement has a mean fit above {most}")).unwrap_or_default();
    let alt = format!("Bars from 0 to 100. {}{bound}.", words.join("; "));
    let lines = limit.map(|_| "No arrangement has more");
    let legend = ["This proposal", "Drawing lots"].into_iter().chain(lines).map(str::to_owned).collect();
    let mut message = Message::new().heading(format!("The proposal for {}", program.name)).words(format!(
        "The mean fit is {} %. Drawing lots for the same places would give {} %{bound}.",
        standing.plan, standing.chance
    ));
    match draw(&Chart { title: TITLE.to_owned(), rows, legend }) {
        Some(file) => message.blocks.push(Block::File {
            name: format!("groups-{}.png", program.slug),
            media_type: "image/png".to_owned(),
            alt,
            base64: base64::engine::general_purpose::STANDARD.encode(file),
        }),
        None => message = message.words(alt),
    }
    message
}
