//! Input files: plain, compressed, or standard input as `-`.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Opens a file for reading lines, gunzipped where it is gzip; `-` is standard input.
pub fn open(path: &Path) -> Result<Box<dyn BufRead + Send>> {
    let mut reader: Box<dyn BufRead + Send> = if path == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let stat = std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
        if stat.is_dir() {
            return Err(Error::io(
                path,
                io::Error::other("is a folder; expected a file"),
            ));
        }
        Box::new(BufReader::new(
            File::open(path).map_err(|e| Error::io(path, e))?,
        ))
    };
    let head = reader.fill_buf().map_err(|e| Error::io(path, e))?;
    if head.starts_with(&[0x1f, 0x8b]) {
        reader = Box::new(BufReader::new(MultiGzDecoder::new(reader)));
    }
    Ok(reader)
}

/// The whole of a small text file, as [`open`] reads it.
pub fn text(path: &Path) -> Result<String> {
    const MOST_BYTES: u64 = 256 << 20;
    let mut text = String::new();
    open(path)?
        .take(MOST_BYTES)
        .read_to_string(&mut text)
        .map_err(|e| Error::io(path, e))?;
    Ok(text)
}

/// How a path is named in messages.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    path.display().to_string()
}
