//! Bar charts as PNG pictures, drawn by ourselves in one size, so that they look alike wherever they are shown.
//!
//! Invariant: a picture is a pure function of its chart, and never the only place where a number stands: whoever shows
//! it says the numbers in words, too.

use embedded_graphics::mono_font::iso_8859_1::{FONT_9X18, FONT_9X18_BOLD};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{
    Dimensions, DrawTarget, Drawable, OriginDimensions, Pixel, Point, Primitive, RgbColor, Size,
};
use embedded_graphics::primitives::{PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};

/// Two values from 0 to 100 side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// What is measured, at most 38 characters of Latin script.
    pub label: String,
    /// The value shown first.
    pub first: i64,
    /// The value it is compared with.
    pub second: i64,
    /// A line that no value can pass, if one is known.
    pub limit: Option<i64>,
}

/// A chart of pairs of bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// From top to bottom.
    pub rows: Vec<Bars>,
    /// What the first bars, the second bars and, where there are any, the lines are.
    pub legend: Vec<String>,
}

const WIDTH: u32 = 960;
const MARGIN: i32 = 24;
/// Where bars begin, and how long a full one is.
const LEFT: i32 = 390;
const FULL: i32 = 490;
/// Where the numbers stand.
const VALUES: i32 = LEFT + FULL + 14;
const TOP: i32 = 64;
const ROW: i32 = 46;
/// Characters of a label.
const LABEL: usize = 38;

const WHITE: Rgb888 = Rgb888::WHITE;
const INK: Rgb888 = Rgb888::new(0x1f, 0x29, 0x37);
const GRID: Rgb888 = Rgb888::new(0xe5, 0xe7, 0xeb);
const FIRST: Rgb888 = Rgb888::new(0x1d, 0x4e, 0xd8);
const SECOND: Rgb888 = Rgb888::new(0x9c, 0xa3, 0xaf);
const LIMIT: Rgb888 = Rgb888::new(0xb9, 0x1c, 0x1c);

/// A picture in the making.
struct Canvas {
    height: u32,
    bytes: Vec<u8>,
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(WIDTH, self.height)
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), Self::Error> {
        let area = self.bounding_box();
        for Pixel(at, colour) in pixels.into_iter().filter(|pixel| area.contains(pixel.0)) {
            let (x, y) = (usize::try_from(at.x).unwrap_or(0), usize::try_from(at.y).unwrap_or(0));
            let start = (y * WIDTH as usize + x) * 3;
            self.bytes[start..start + 3].copy_from_slice(&[colour.r(), colour.g(), colour.b()]);
        }
        Ok(())
    }
}

impl Canvas {
    fn new(height: u32) -> Self {
        Self { height, bytes: vec![0xff; WIDTH as usize * height as usize * 3] }
    }

    fn fill(&mut self, (x, y): (i32, i32), (width, height): (i32, i32), colour: Rgb888) {
        let size = Size::new(u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0));
        let area = Rectangle::new(Point::new(x, y), size).into_styled(PrimitiveStyle::with_fill(colour));
        let Ok(()) = area.draw(self);
    }

    fn write(&mut self, (x, y): (i32, i32), words: &str, font: &MonoFont<'_>) {
        let style = MonoTextStyle::new(font, INK);
        let Ok(_) = Text::with_baseline(words, Point::new(x, y), style, Baseline::Top).draw(self);
    }

    /// The picture as a file; nothing when it cannot be packed.
    fn pack(&self) -> Option<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, WIDTH, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.bytes).ok()?;
        writer.finish().ok()?;
        Some(file)
    }
}

fn along(value: i64) -> i32 {
    i32::try_from(value.clamp(0, 100)).unwrap_or(0) * FULL / 100
}

/// Draws a chart as a PNG file.
pub fn draw(chart: &Chart) -> Option<Vec<u8>> {
    let rows = i32::try_from(chart.rows.len()).ok()?;
    let bottom = TOP + rows * ROW;
    let mut canvas = Canvas::new(u32::try_from(bottom + 64).ok()?);
    canvas.write((MARGIN, 20), &chart.title, &FONT_9X18_BOLD);
    for quarter in 0..=4 {
        let x = LEFT + FULL * quarter / 4;
        canvas.fill((x, TOP - 8), (1, rows * ROW + 4), GRID);
    }
    for (row, bars) in (0..).zip(&chart.rows) {
        let y = TOP + row * ROW;
        let label: String = bars.label.chars().take(LABEL).collect();
        canvas.write((MARGIN, y + 6), &label, &FONT_9X18);
        canvas.fill((LEFT, y), (along(bars.first).max(1), 18), FIRST);
        canvas.fill((LEFT, y + 20), (along(bars.second).max(1), 10), SECOND);
        canvas.write((VALUES, y), &bars.first.to_string(), &FONT_9X18_BOLD);
        canvas.write((VALUES, y + 17), &bars.second.to_string(), &FONT_9X18);
        if let Some(limit) = bars.limit {
            canvas.fill((LEFT + along(limit) - 1, y - 4), (3, 38), LIMIT);
        }
    }
    let mut x = MARGIN;
    for (words, colour) in chart.legend.iter().zip([FIRST, SECOND, LIMIT]) {
        let width = if colour == LIMIT { 3 } else { 18 };
        canvas.fill((x, bottom + 18), (width, 18), colour);
        canvas.write((x + width + 8, bottom + 18), words, &FONT_9X18);
        x += width + 40 + i32::try_from(words.chars().count()).unwrap_or(0) * 9;
    }
    debug_assert!(canvas.bytes.iter().any(|byte| *byte != WHITE.r()));
    canvas.pack()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(first: i64, limit: Option<i64>) -> Chart {
        let bars = |label: &str, first| Bars { label: label.into(), first, second: 30, limit };
        Chart {
            title: "How good is it?".into(),
            rows: vec![bars("Mean fit", first), bars("Needs the mentors can help with", 60)],
            legend: ["This proposal", "Drawing lots", "No arrangement has more"].map(Into::into).to_vec(),
        }
    }

    fn unpacked(file: &[u8]) -> (u32, u32, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        (info.width, info.height, bytes)
    }

    fn pixels_of(colour: Rgb888, bytes: &[u8]) -> usize {
        bytes.chunks(3).filter(|p| *p == [colour.r(), colour.g(), colour.b()]).count()
    }

    #[test]
    fn bars_are_as_long_as_their_values_and_the_limit_is_a_line() {
        let (width, height, half) = unpacked(&draw(&chart(50, None)).unwrap());
        assert_eq!((width, height), (960, 64 + 2 * 46 + 64));
        let (_, _, full) = unpacked(&draw(&chart(100, Some(100))).unwrap());
        // The first bar is 18 pixels high; the other bar and the legend are the same in both.
        let line_over_bar = 18;
        let more = pixels_of(FIRST, &full) + line_over_bar - pixels_of(FIRST, &half);
        assert_eq!(more, 245 * 18);
        assert_eq!(pixels_of(LIMIT, &half), 3 * 18, "the legend alone");
        assert_eq!(pixels_of(LIMIT, &full), 3 * 18 + 2 * 3 * 38);
        assert!(pixels_of(INK, &full) > 500, "there are words");
    }

    #[test]
    fn odd_values_and_words_are_drawn_within_the_picture_and_the_same_chart_gives_the_same_file() {
        let mut odd = chart(-5, Some(500));
        odd.rows[0].label = "an endless name \u{1f600} ".repeat(40);
        odd.title = "\u{5e9}\u{5dc}\u{5d5}\u{5dd}".into();
        let file = draw(&odd).unwrap();
        assert_eq!(draw(&odd), Some(file.clone()));
        assert!(file.len() < 64 * 1_024, "{} bytes", file.len());
        assert!(draw(&Chart { rows: Vec::new(), ..odd }).is_some());
    }
}
