//! SHA-256 of files and mappings, in hexadecimal.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Result;
use sha2::{Digest as _, Sha256};

/// The hash of some bytes.
pub(super) fn sha256_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The hash of a file's bytes.
pub(super) fn sha256_of_file(path: &Path) -> Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_published_hash_of_abc() {
        let hash = super::sha256_of(b"abc");
        assert!(hash.starts_with("ba7816bf8f01cfea"), "{hash}");
    }
}
