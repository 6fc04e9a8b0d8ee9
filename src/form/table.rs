//! From bytes to rows of cells: encodings, separators, quotation marks and sizes.
//!
//! Invariant: whatever the bytes are, the answer is rows that all have the header's width, or faults with lines.

use super::fault::{Fault, Faults};

/// Most bytes of a list of people.
pub const MOST_BYTES: usize = 32 << 20;
/// Most people in a list.
pub const MOST_PEOPLE: usize = 200_000;
/// Most characters of a cell; more is a quotation mark that was never closed.
const MOST_IN_CELL: usize = 5_000;

/// A row with the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u64,
    cells: csv::StringRecord,
}

impl Row {
    /// A cell without outer spaces; empty where there is none.
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).unwrap_or_default().trim()
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(str::trim)
    }

    fn is_blank(&self) -> bool {
        self.cells().all(str::is_empty)
    }
}

/// Says that a file is too large, in words for people.
pub fn too_large(bytes: u64) -> Fault {
    Fault::whole(format!(
        "The file has {} MB, and I read {} MB at most. Send one programme at a time, and only the columns it needs.",
        bytes.div_ceil(1 << 20),
        MOST_BYTES >> 20
    ))
}

/// The text of a file.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Faults> {
    if bytes.len() > MOST_BYTES {
        return Err(Faults::one(too_large(u64::try_from(bytes.len()).unwrap_or(u64::MAX))));
    }
    let how = "Save it as \"CSV UTF-8\" (in a spreadsheet: Save as, file type) and send it again.";
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Faults::one(Fault::whole(format!("The file is written in UTF-16. {how}"))));
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let what = format!("This is no text file; a spreadsheet or a zip file perhaps. {how}");
        return Err(Faults::one(Fault::at(line_of(bytes, at), what)));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let what = format!("A letter here is not written in UTF-8. {how}");
        Faults::one(Fault::at(line_of(bytes, error.valid_up_to()), what))
    })
}

#[allow(clippy::naive_bytecount)] // Only where there is a fault to tell.
fn line_of(bytes: &[u8], at: usize) -> u64 {
    let before = bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(before).unwrap_or(u64::MAX).saturating_add(1)
}

/// The separator that the first line uses most outside quotation marks: comma, semicolon or tab.
fn separator(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [0_usize; 3];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        if let Some(at) = b",;\t".iter().position(|separator| *separator == byte && !quoted) {
            counts[at] += 1;
        }
    }
    let most = (0..3).max_by_key(|at| (counts[*at], std::cmp::Reverse(*at))).unwrap_or(0);
    b",;\t"[most]
}

/// The header and the rows below it.
pub(super) fn rows(text: &str) -> Result<(Row, Vec<Row>), Faults> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(text))
        .from_reader(text.as_bytes());
    let mut cells = csv::StringRecord::new();
    let (mut header, mut rows, mut faults) = (None, Vec::new(), Faults::default());
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut cells) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                let what =
                    format!("This line cannot be read: {error}. Put it right and send the file again.");
                return Err(Faults::one(Fault::at(line, what)));
            }
        }
        // The reader takes blank lines for the beginning of the row below them.
        let line = cells.position().map_or(line, |at| at.line() + blank_lines(text, at.byte()));
        let row = Row { line, cells: cells.clone() };
        if row.is_blank() {
            continue;
        }
        if row.cells().any(|cell| cell.len() > MOST_IN_CELL) {
            let what =
                "A cell here is too long to be one; a quotation mark is probably not closed. Close it.";
            return Err(Faults::one(Fault::at(line, what)));
        }
        match &header {
            None => header = Some(row),
            Some(_) if rows.len() == MOST_PEOPLE => {
                let what = format!("I form groups of {MOST_PEOPLE} people at most. Send one part at a time.");
                return Err(Faults::one(Fault::at(line, what)));
            }
            Some(header) => {
                let (have, need) = (row.cells.len(), header.cells.len());
                if have > need || have < need && !row.is_blank() {
                    faults.add(Fault::at(line, width(have, need)));
                }
                rows.push(row);
            }
        }
    }
    match header {
        None => Err(Faults::one(Fault::whole(
            "There is nothing in the file. Begin with a line that names the columns, such as name,role,organisation.",
        ))),
        Some(_) if rows.is_empty() => Err(Faults::one(Fault::whole(
            "There are no people below the first line. Put one person on each line.",
        ))),
        Some(header) => faults.unless((header, rows)),
    }
}

/// Lines between a place of the text and the next thing that stands there.
fn blank_lines(text: &str, from: u64) -> u64 {
    let rest = usize::try_from(from).ok().and_then(|from| text.as_bytes().get(from..)).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    u64::try_from(blank.filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}

fn width(have: usize, need: usize) -> String {
    format!(
        "{have} cells stand here, and the first line names {need} columns. Put quotation marks around a cell that \
         holds a separator, and leave cells empty rather than out."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> String {
        match text(bytes).and_then(rows) {
            Ok(_) => String::new(),
            Err(faults) => faults.told("people.csv"),
        }
    }

    #[test]
    fn the_three_usual_separators_and_a_mark_of_byte_order_are_read() {
        for file in
            ["name,role\nAda,mentor\n", "\u{feff}name;role\r\nAda;mentor\r\n", "name\trole\n\nAda\tmentor"]
        {
            let (header, rows) = rows(text(file.as_bytes()).unwrap()).unwrap();
            assert_eq!(header.cells().collect::<Vec<_>>(), ["name", "role"], "{file:?}");
            assert_eq!(rows[0].cells().collect::<Vec<_>>(), ["Ada", "mentor"], "{file:?}");
        }
    }

    #[test]
    fn the_line_of_a_row_is_the_line_in_the_file() {
        let file = "name,needs\n\nAda,\"one\ntwo\"\nBen,x\n";
        let (_, rows) = rows(file).unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn wrong_encodings_are_told_with_the_line_and_what_to_do() {
        assert!(
            told(b"name\nAda\nZo\xEB\n")
                .contains("line 3: A letter here is not written in UTF-8. Save it as")
        );
        assert!(told(b"\xFF\xFEn\0a\0").contains("UTF-16"));
        assert!(told(b"PK\x03\x04\0\0").contains("no text file"));
    }

    #[test]
    fn empty_files_short_rows_and_open_quotation_marks_are_told() {
        assert!(told(b"").contains("nothing in the file"));
        assert!(told(b" \n,,\n").contains("nothing in the file"));
        assert!(told(b"name,role\n").contains("no people below"));
        assert!(told(b"name,role\nAda\nBen,mentor,x\n").contains("line 2: 1 cells stand here"));
        let open = format!("name,role\n\"Ada,mentor\n{}", "Ben,mentor\n".repeat(1_000));
        assert!(told(open.as_bytes()).contains("line 2: A cell here is too long"));
    }

    #[test]
    fn a_file_beyond_all_measure_is_refused_before_it_is_read() {
        let file = vec![b'a'; 50 << 20];
        assert_eq!(
            told(&file),
            "people.csv, The file has 50 MB, and I read 32 MB at most. Send one programme at a time, and only the \
             columns it needs.\n"
        );
    }
}
