//! A reader of Discord's markdown, as far as it decides what is markup. It knows the few marks that are ours and
//! complains of every other; it was written from Discord's rules, not from the code that writes the texts.

/// What of a text Discord would take for markup, mentions or links that are not ours.
pub fn text_faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "```" {
            // A fence ends at the next three backticks, wherever they are.
            match lines.by_ref().find(|line| line.contains("```")) {
                Some("```") => {}
                other => faults.push(format!("a fence ends in {other:?}")),
            }
            continue;
        }
        line_faults(line, &mut faults);
    }
    faults
}

fn line_faults(line: &str, faults: &mut Vec<String>) {
    let prefixes = ["### ", "-# ", "- "];
    let body = prefixes.iter().find_map(|prefix| line.strip_prefix(prefix)).unwrap_or(line);
    if begins_block(body.trim_start()) {
        faults.push(format!("a block begins in {line:?}"));
    }
    let (outside, stars) = outside_of_ours(body, faults);
    if !stars.is_multiple_of(2) {
        faults.push(format!("odd stars in {line:?}"));
    }
    for called in ["@everyone", "@here", "<@", "<#", "<t:", "<id:", "</", "discord.gg/", "://"] {
        if outside.contains(called) {
            faults.push(format!("{called} in {line:?}"));
        }
    }
    if emoji(&outside) {
        faults.push(format!("an emoji in {line:?}"));
    }
}

fn begins_block(body: &str) -> bool {
    let digits = body.trim_start_matches(|c: char| c.is_ascii_digit());
    let ordered = digits.len() < body.len() && digits.starts_with(". ");
    let marks = ["# ", "## ", "### ", "-# ", "- ", "* ", "+ ", "> ", ">>> "];
    ordered || marks.iter().any(|mark| body.starts_with(mark))
}

/// The line without our marks and without escapes' targets (each is a NUL), and how many stars are ours.
fn outside_of_ours(line: &str, faults: &mut Vec<String>) -> (String, usize) {
    let (mut out, mut stars) = (String::new(), 0);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\\' => match after.chars().next() {
                Some(escaped) if !escaped.is_alphanumeric() && !escaped.is_whitespace() => {
                    out.push('\0');
                    &after[escaped.len_utf8()..]
                }
                _ => after,
            },
            '*' => {
                stars += 1;
                after
            }
            '`' => match after.split_once('`') {
                Some((inside, after)) if !inside.is_empty() => after,
                _ => {
                    faults.push(format!("an open backtick in {line:?}"));
                    after
                }
            },
            '<' => token(after).unwrap_or_else(|| {
                out.push('<');
                after
            }),
            '[' => link(after).unwrap_or_else(|| {
                faults.push(format!("an open bracket in {line:?}"));
                after
            }),
            '_' | '~' | '|' => {
                faults.push(format!("{c} in {line:?}"));
                after
            }
            c => {
                out.push(c);
                after
            }
        };
    }
    (out, stars)
}

/// What follows a time or a mention of ours.
fn token(text: &str) -> Option<&str> {
    let (inside, after) = text.split_once('>')?;
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let time = inside.strip_prefix("t:").and_then(|time| time.split_once(':')).is_some_and(|(at, style)| {
        digits(at.strip_prefix('-').unwrap_or(at)) && ["D", "t", "f", "F", "R"].contains(&style)
    });
    let person = inside.strip_prefix('@').is_some_and(digits);
    (time || person).then_some(after)
}

/// What follows a link of ours: its label holds only escaped marks, its address none at all.
fn link(text: &str) -> Option<&str> {
    let (label, rest) = text.split_once("](<")?;
    let (address, after) = rest.split_once(">)")?;
    let mut inner = Vec::new();
    let (outside, stars) = outside_of_ours(label, &mut inner);
    let web = address.starts_with("https://") || address.starts_with("http://");
    let clean = !address.contains(|c: char| c.is_whitespace() || "<>()\"'`\\@*[]|".contains(c));
    (inner.is_empty() && stars == 0 && !outside.contains(['<', ']']) && web && clean).then_some(after)
}

/// Whether some name stands between two colons.
fn emoji(text: &str) -> bool {
    let mut parts = text.split(':').skip(1).collect::<Vec<_>>();
    parts.pop();
    parts.iter().any(|name| !name.is_empty() && !name.contains(char::is_whitespace) && !name.contains('\0'))
}

/// What a reader sees of a line without marks of ours: escapes and joiners gone.
pub fn seen(line: &str) -> String {
    let (mut out, mut chars) = (String::new(), line.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(next)) if !next.is_alphanumeric() && !next.is_whitespace() => {}
            ('\u{200b}', _) => continue,
            _ => {
                out.push(c);
                continue;
            }
        }
        out.extend(chars.next());
    }
    out
}
