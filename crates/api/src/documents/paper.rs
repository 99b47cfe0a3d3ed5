//! A sheet of paper: headings, lines, paragraphs and tables, written as a DOCX.

use std::io::Cursor;

use chrono::{DateTime, SecondsFormat, Utc};
use docx_rs::{
    AlignmentType, BreakType, Docx, Footer, Header, PageMargin, PageNum, Paragraph, Run, RunFonts, Table, TableCell,
    TableRow, WidthType,
};

use super::unwritten;
use crate::problem::Problem;

/// Half points.
const BODY_SIZE: usize = 22;
const SMALL_SIZE: usize = 18;
const TITLE_SIZE: usize = 30;
const HEADING_SIZE: usize = 26;
/// Twentieths of a point: A4 with margins of 20 mm, 30 mm on the side of the binding.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: i32 = 1_134;
const BINDING: i32 = 1_701;
const TEXT_WIDTH: usize = 9_071;
/// Has the letters of Russian and Kazakh on every desk; where it is missing, the program that opens the file takes
/// another.
const FONT: &str = "Times New Roman";

/// A document under way.
pub struct Paper {
    docx: Docx,
}

impl Paper {
    /// An empty sheet with a line at the top of every page.
    pub fn new(running_head: &str, now: DateTime<Utc>) -> Self {
        let fonts = RunFonts::new().ascii(FONT).hi_ansi(FONT).cs(FONT).east_asia(FONT);
        let margin = PageMargin::new().top(MARGIN).bottom(MARGIN).left(BINDING).right(MARGIN);
        let at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let head = Paragraph::new().align(AlignmentType::Right).add_run(run(running_head).size(SMALL_SIZE).italic());
        let page = Paragraph::new().align(AlignmentType::Center).add_page_num(PageNum::new());
        let docx = Docx::new()
            .page_size(PAGE.0, PAGE.1)
            .page_margin(margin)
            .default_fonts(fonts)
            .default_size(BODY_SIZE)
            .created_at(&at)
            .updated_at(&at)
            .header(Header::new().add_paragraph(head))
            .footer(Footer::new().add_paragraph(page));
        Self { docx }
    }

    /// What the document is.
    #[must_use]
    pub fn title(self, text: &str) -> Self {
        self.add(Paragraph::new().align(AlignmentType::Center).add_run(run(text).size(TITLE_SIZE).bold()))
    }

    /// The beginning of a part.
    #[must_use]
    pub fn heading(self, text: &str) -> Self {
        self.add(Paragraph::new()).add(Paragraph::new().keep_next(true).add_run(run(text).size(HEADING_SIZE).bold()))
    }

    /// What something is, and what it is called.
    #[must_use]
    pub fn line(self, name: &str, value: &str) -> Self {
        self.add(Paragraph::new().add_run(run(&format!("{name}: ")).bold()).add_run(run(value)))
    }

    /// The same, if there is a value.
    #[must_use]
    pub fn line_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.line(name, value),
            None => self,
        }
    }

    /// Text as it was written, with its line ends.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.add(Paragraph::new().align(AlignmentType::Both).add_run(run(text)))
    }

    /// A remark of the document itself.
    #[must_use]
    pub fn remark(self, text: &str) -> Self {
        self.add(Paragraph::new().add_run(run(text).size(SMALL_SIZE).italic()))
    }

    /// A table with a head row; nothing where it has no rows.
    #[must_use]
    pub fn table(self, head: &[&str], rows: &[Vec<String>]) -> Self {
        if rows.is_empty() {
            return self;
        }
        let width = TEXT_WIDTH / head.len().max(1);
        let cell = |text: &str, bold: bool| {
            let run = run(text).size(SMALL_SIZE + 2);
            let run = if bold { run.bold() } else { run };
            TableCell::new().width(width, WidthType::Dxa).add_paragraph(Paragraph::new().add_run(run))
        };
        let top = TableRow::new(head.iter().map(|text| cell(text, true)).collect());
        let body = rows.iter().map(|row| TableRow::new(row.iter().map(|text| cell(text, false)).collect()));
        let table = Table::new(std::iter::once(top).chain(body).collect())
            .set_grid(vec![width; head.len()])
            .width(TEXT_WIDTH, WidthType::Dxa);
        Self { docx: self.docx.add_table(table) }
    }

    /// A place to sign.
    #[must_use]
    pub fn signature(self, role: &str, name: &str) -> Self {
        self.add(Paragraph::new()).add(Paragraph::new().add_run(run(&format!("{role}: ____________________  {name}"))))
    }

    fn add(self, paragraph: Paragraph) -> Self {
        Self { docx: self.docx.add_paragraph(paragraph) }
    }

    /// The file.
    ///
    /// # Errors
    /// `internal` where it could not be written.
    pub fn bytes(self) -> Result<Vec<u8>, Problem> {
        let mut file = Cursor::new(Vec::new());
        self.docx.pack(&mut file).map_err(|error| unwritten(&error))?;
        Ok(file.into_inner())
    }
}

/// Text as a run: its line ends become breaks, and what XML cannot hold is left out.
fn run(text: &str) -> Run {
    let mut run = Run::new();
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            run = run.add_break(BreakType::TextWrapping);
        }
        run = run.add_text(line.chars().filter(|letter| in_xml(*letter)).collect::<String>());
    }
    run
}

/// The characters of an XML document (XML 1.0, production 2), without the control characters that it discourages.
fn in_xml(letter: char) -> bool {
    letter == '\t' || !(letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}'))
}
