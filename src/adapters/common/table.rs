//! Tables as text in a fixed-width face, or as a list when that would be too wide to read on a phone or beside a
//! side bar. Columns line up by the width that characters are drawn with.

use super::clip::{columns as width, length};
use super::split::Measure;
use crate::chat::plain::clean;
use crate::chat::{Block, Span, bold};

/// The table as blocks; a long one repeats its titles in each.
pub fn blocks(columns: &[String], rows: &[Vec<String>], measure: &Measure) -> Vec<Block> {
    let cells = |row: &[String]| row.iter().map(|cell| clean(cell).trim().to_owned()).collect::<Vec<_>>();
    let titles = cells(columns);
    let rows: Vec<Vec<String>> = rows.iter().map(|row| cells(row)).collect();
    let widths = widths(&titles, &rows);
    let total = widths.iter().sum::<usize>() + 3 * widths.len().saturating_sub(1);
    if total > measure.widest { vec![list(&titles, &rows)] } else { drawn(&titles, &rows, &widths, measure) }
}

fn widths(titles: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let count = rows.iter().map(Vec::len).chain([titles.len()]).max().unwrap_or(0);
    let of = |i: usize| rows.iter().filter_map(move |row| row.get(i)).map(|cell| width(cell)).max();
    (0..count).map(|i| of(i).unwrap_or(0).max(titles.get(i).map_or(0, |title| width(title)))).collect()
}

fn drawn(titles: &[String], rows: &[Vec<String>], widths: &[usize], measure: &Measure) -> Vec<Block> {
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let head = [line(titles, widths), rule.join("-+-")];
    let head_size: usize = head.iter().map(|line| length(line, measure.of) + 1).sum();
    let mut blocks: Vec<Vec<String>> = Vec::new();
    let mut used = 0;
    for row in rows {
        let row = line(row, widths);
        let size = length(&row, measure.of) + 1;
        if let Some(block) = blocks.last_mut().filter(|_| used + size <= measure.piece) {
            block.push(row);
        } else {
            blocks.push(head.iter().cloned().chain([row]).collect());
            used = head_size;
        }
        used += size;
    }
    blocks.into_iter().map(|lines| Block::Code { text: lines.join("\n") }).collect()
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = widths.iter().enumerate().map(|(i, wanted)| {
        let cell = cells.get(i).map_or("", String::as_str);
        format!("{cell}{}", " ".repeat(wanted.saturating_sub(width(cell))))
    });
    padded.collect::<Vec<_>>().join(" | ").trim_end().to_owned()
}

/// One entry for each row: the first cell, then each other cell after its title.
fn list(titles: &[String], rows: &[Vec<String>]) -> Block {
    let items = rows.iter().filter_map(|row| {
        let (first, rest) = row.split_first()?;
        let named = rest.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        let named: Vec<String> = named
            .map(|(i, cell)| match titles.get(i + 1) {
                Some(title) if !title.is_empty() => format!("{title}: {cell}"),
                _ => cell.clone(),
            })
            .collect();
        let gap = if first.is_empty() || named.is_empty() { "" } else { ". " };
        Some(vec![bold(first.as_str()), Span::from(format!("{gap}{}", named.join(", ")))])
    });
    Block::List { items: items.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURE: Measure = Measure {
        piece: 2_800,
        frame: 0,
        heading: 150,
        entries: 60,
        fields: 10,
        elements: 25,
        widest: 84,
        of: char::len_utf16,
    };

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn columns_line_up_also_with_wide_and_combining_characters() {
        let blocks =
            blocks(&row(&["Group", "Seats"]), &[row(&["東京", "4"]), row(&["Ne\u{301}", "12"])], &MEASURE);
        let [Block::Code { text }] = blocks.as_slice() else { panic!("one drawn table: {blocks:?}") };
        assert_eq!(text, "Group | Seats\n------+------\n東京  | 4\nNe\u{301}    | 12");
    }

    #[test]
    fn a_table_too_wide_to_read_becomes_a_list_with_every_cell() {
        let long = "x".repeat(80);
        let blocks = blocks(
            &row(&["Who", "What", "When"]),
            &[row(&["A", &long, "now"]), row(&["B", "", "later"])],
            &MEASURE,
        );
        let [Block::List { items }] = blocks.as_slice() else { panic!("one list: {blocks:?}") };
        assert_eq!(items[0], vec![bold("A"), Span::from(format!(". What: {long}, When: now"))]);
        assert_eq!(items[1], vec![bold("B"), Span::from(". When: later")]);
    }

    #[test]
    fn a_long_table_repeats_its_titles_in_each_block() {
        let rows: Vec<Vec<String>> =
            (0..200).map(|i| row(&[&format!("group {i}"), "full of people"])).collect();
        let blocks = blocks(&row(&["Group", "State"]), &rows, &MEASURE);
        assert!(blocks.len() > 1);
        let drawn = |block: &Block| matches!(block, Block::Code { text } if text.starts_with("Group"));
        assert!(blocks.iter().all(drawn));
    }
}
