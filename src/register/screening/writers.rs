//! What was found, line by line: CSV, one JSON object a line, or Parquet.

use super::{Block, Marks, Screened};
use crate::identity::{Imei, Severity};
use crate::register::assess::{Dimension, Outcome, Rules};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::{self, Write};
use std::sync::Arc;

/// How what was found is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictFormat {
    /// `line,identity,verdict,codes`, the codes with a semicolon between.
    Csv,
    /// `{"line":1,"identity":"…","verdict":"fail","codes":["blocked"]}`.
    Ndjson,
    /// The columns of CSV.
    Parquet,
}

impl VerdictFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Ndjson, Self::Parquet];

    /// `csv`, `ndjson` or `parquet`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }
}

/// What marks weigh: which of them let a device fail, and which are told as a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    fail: Marks,
    warn: Marks,
}

impl Weights {
    /// By rules. A TAC that is in no TAC file is a warning unless they say otherwise: nobody knows here since when the
    /// device is seen, and files are weeks behind.
    pub fn of(rules: &Rules) -> Self {
        let (mut fail, mut warn) = (Marks::NONE, Marks::NONE);
        for (mark, dimension) in Marks::all().zip(Dimension::ALL) {
            let severity = match rules.weight(dimension) {
                Some(weight) => weight.severity(),
                None if dimension == Dimension::TacUnknown => Some(Severity::Warning),
                None => Some(dimension.severity()),
            };
            match severity {
                Some(Severity::Error) => fail = fail.with(mark),
                Some(Severity::Warning) => warn = warn.with(mark),
                Some(Severity::Note) | None => {}
            }
        }
        Self { fail, warn }
    }

    /// What a device with these marks comes to.
    pub fn outcome(self, marks: Marks) -> Outcome {
        if marks.bits() & self.fail.bits() != 0 {
            Outcome::Fail
        } else if marks.bits() & self.warn.bits() != 0 {
            Outcome::Warn
        } else {
            Outcome::Pass
        }
    }

    /// Whether this mark alone lets a device fail.
    pub fn is_failure(self, mark: Marks) -> bool {
        self.fail.bits() & mark.bits() != 0
    }
}

/// Writes verdicts.
pub struct VerdictWriter<W: Write + Send> {
    out: Out<W>,
    weights: Weights,
    counts: [u64; 3],
}

enum Out<W: Write + Send> {
    Csv(W, Vec<u8>),
    Ndjson(W, Vec<u8>),
    Parquet(Box<Table<W>>),
}

/// Rows that are collected before Parquet has them: a row group.
const GROUP: usize = 1 << 18;
const SCHEMA: &str = "message verdicts { REQUIRED INT64 line; REQUIRED BINARY identity (UTF8); REQUIRED BINARY verdict (UTF8); \
     REQUIRED BINARY codes (UTF8); }";

struct Table<W: Write + Send> {
    file: SerializedFileWriter<W>,
    lines: Vec<i64>,
    texts: [Vec<ByteArray>; 3],
}

impl<W: Write + Send> VerdictWriter<W> {
    /// Begins, with the header where the format has one.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn new(mut out: W, format: VerdictFormat, weights: Weights) -> io::Result<Self> {
        let out = match format {
            VerdictFormat::Csv => {
                out.write_all(b"line,identity,verdict,codes\n")?;
                Out::Csv(out, Vec::new())
            }
            VerdictFormat::Ndjson => Out::Ndjson(out, Vec::new()),
            VerdictFormat::Parquet => {
                let schema = Arc::new(parse_message_type(SCHEMA).map_err(said)?);
                let settings = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let file = SerializedFileWriter::new(out, schema, Arc::new(settings)).map_err(said)?;
                Out::Parquet(Box::new(Table { file, lines: Vec::new(), texts: [const { Vec::new() }; 3] }))
            }
        };
        Ok(Self { out, weights, counts: [0; 3] })
    }

    /// Writes a block.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
        for line in block.lines() {
            let outcome = self.weights.outcome(line.marks);
            self.counts[match outcome {
                Outcome::Pass => 0,
                Outcome::Warn => 1,
                Outcome::Fail => 2,
            }] += 1;
            let verdict = outcome.word();
            match &mut self.out {
                Out::Csv(_, piece) => csv_line(piece, &line, verdict),
                Out::Ndjson(_, piece) => json_line(piece, &line, verdict),
                Out::Parquet(table) => table.push(&line, verdict)?,
            }
        }
        match &mut self.out {
            Out::Csv(out, piece) | Out::Ndjson(out, piece) => {
                out.write_all(piece)?;
                piece.clear();
                Ok(())
            }
            Out::Parquet(_) => Ok(()),
        }
    }

    /// How many passed, passed with a warning, and failed.
    pub fn counts(&self) -> [u64; 3] {
        self.counts
    }

    /// Ends, and gives the output back.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.out {
            Out::Csv(mut out, _) | Out::Ndjson(mut out, _) => {
                out.flush()?;
                Ok(out)
            }
            Out::Parquet(mut table) => {
                table.flush()?;
                table.file.into_inner().map_err(said)
            }
        }
    }
}

impl<W: Write + Send> Table<W> {
    fn push(&mut self, line: &Screened<'_>, verdict: &str) -> io::Result<()> {
        self.lines.push(i64::try_from(line.number).unwrap_or(i64::MAX));
        let codes: Vec<&str> = line.marks.codes().collect();
        let [identities, verdicts, all] = &mut self.texts;
        identities.push(identity(line).into_bytes().into());
        verdicts.push(verdict.into());
        all.push(codes.join(";").into_bytes().into());
        if self.lines.len() >= GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group().map_err(said)?;
        let mut texts = self.texts.iter();
        let mut is_first = true;
        while let Some(mut column) = group.next_column().map_err(said)? {
            if std::mem::take(&mut is_first) {
                column.typed::<Int64Type>().write_batch(&self.lines, None, None).map_err(said)?;
            } else if let Some(texts) = texts.next() {
                column.typed::<ByteArrayType>().write_batch(texts, None, None).map_err(said)?;
            }
            column.close().map_err(said)?;
        }
        group.close().map_err(said)?;
        self.lines.clear();
        self.texts.iter_mut().for_each(Vec::clear);
        Ok(())
    }
}

fn said(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

/// As it was written; in a range the IMEI with its check digit.
fn identity(line: &Screened<'_>) -> String {
    match line.key {
        Some(key) if line.text.is_empty() => Imei::of(key).to_string(),
        Some(_) | None => String::from_utf8_lossy(line.text).into_owned(),
    }
}

fn csv_line(out: &mut Vec<u8>, line: &Screened<'_>, verdict: &str) {
    // Writing to a vector cannot fail.
    let _ = write!(out, "{},", line.number);
    let is_plain = line.text.iter().all(u8::is_ascii_alphanumeric);
    match line.key {
        Some(key) if line.text.is_empty() => drop(write!(out, "{}", Imei::of(key))),
        Some(_) | None if is_plain => out.extend_from_slice(line.text),
        Some(_) | None => {
            let text = String::from_utf8_lossy(line.text);
            let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let _ = write!(out, "\"{}\"", text.replace('"', "\"\""));
        }
    }
    out.push(b',');
    out.extend_from_slice(verdict.as_bytes());
    out.push(b',');
    for (at, code) in line.marks.codes().enumerate() {
        if at > 0 {
            out.push(b';');
        }
        out.extend_from_slice(code.as_bytes());
    }
    out.push(b'\n');
}

fn json_line(out: &mut Vec<u8>, line: &Screened<'_>, verdict: &str) {
    let _ = write!(out, "{{\"line\":{},\"identity\":{}", line.number, serde_json::Value::from(identity(line)));
    let _ = write!(out, ",\"verdict\":\"{verdict}\",\"codes\":[");
    for (at, code) in line.marks.codes().enumerate() {
        let _ = write!(out, "{}\"{code}\"", if at > 0 { "," } else { "" });
    }
    out.extend_from_slice(b"]}\n");
}

#[cfg(test)]
mod tests {
    use super::super::Screening;
    use super::*;
    use crate::register::{Book, Entry, Index, List, Row, Source};
    use parquet::file::reader::{FileReader, SerializedFileReader};

    fn index() -> Index {
        let mut builder = Index::builder(&[Source::new("own", 100)], jiff::Timestamp::UNIX_EPOCH);
        for (list, text) in [(List::Block, "00101700123456"), (List::Track, "00101701")] {
            builder.put(Book::Lists, 0, &Row::listed(list, Entry::parse(text).unwrap())).unwrap();
        }
        builder.build(1)
    }

    const INPUT: &str =
        "imei\n001017001234569\n001017001234560\n# a comment\n00101701000000\n\"say, \"\"hi\"\"\"\n490154203237518\n";

    fn written(format: VerdictFormat) -> (Vec<u8>, [u64; 3]) {
        let mut writer = VerdictWriter::new(Vec::new(), format, Weights::of(&Rules::default())).unwrap();
        Screening::new(&index()).text(INPUT.as_bytes(), |block| writer.block(block)).unwrap();
        let counts = writer.counts();
        (writer.finish().unwrap(), counts)
    }

    #[test]
    fn verdicts_are_written_line_by_line() {
        let (csv, counts) = written(VerdictFormat::Csv);
        insta::assert_snapshot!(String::from_utf8(csv).unwrap());
        insta::assert_snapshot!(String::from_utf8(written(VerdictFormat::Ndjson).0).unwrap());
        assert_eq!(counts.iter().sum::<u64>(), 5);
    }

    #[test]
    fn parquet_has_the_same_rows() {
        let file = bytes::Bytes::from(written(VerdictFormat::Parquet).0);
        let reader = SerializedFileReader::new(file).unwrap();
        let rows: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        insta::assert_snapshot!(rows.join("\n"));
    }

    #[test]
    fn every_mark_is_the_dimension_at_its_place() {
        for (mark, dimension) in Marks::all().zip(Dimension::ALL) {
            assert_eq!(mark.codes().collect::<Vec<_>>(), [dimension.code()]);
        }
    }
}
