//! Secrets: tokens from the system's random numbers, and passwords as Argon2id hashes.
//!
//! Argon2id, 19 MiB, two passes, one lane (RFC 9106; OWASP Password Storage Cheat Sheet, 2023). Tokens have 256 bits;
//! the store keeps their SHA-256 only, which is enough for what cannot be guessed.

use std::fmt::Write as _;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

/// Characters of a password, at least.
pub const PASSWORD_MIN: usize = 12;
/// Characters of a password, at most: a longer one only costs time.
pub const PASSWORD_MAX: usize = 200;
/// From this length on a login may not be part of its password.
const LOGIN_TELLING: usize = 4;
/// Passwords that are hashed at the same time: each takes 19 MiB.
const AT_ONCE: usize = 2;
/// Letters and digits that nobody confuses, 32 of them.
const PLAIN: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

static HASHING: Semaphore = Semaphore::const_new(AT_ONCE);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer than [`PASSWORD_MIN`] characters.
    Short,
    /// More than [`PASSWORD_MAX`].
    Long,
    /// It holds the login, or is one character again and again.
    Plain,
}

/// What is wrong with a password, if anything: length counts, not which signs are in it (NIST SP 800-63B).
pub fn password_fault(login: &str, password: &str) -> Option<PasswordFault> {
    let length = password.chars().count();
    let first = password.chars().next();
    if length < PASSWORD_MIN {
        Some(PasswordFault::Short)
    } else if length > PASSWORD_MAX {
        Some(PasswordFault::Long)
    } else if (login.chars().count() >= LOGIN_TELLING
        && password.to_lowercase().contains(&login.to_lowercase()))
        || password.chars().all(|c| Some(c) == first)
    {
        Some(PasswordFault::Plain)
    } else {
        None
    }
}

/// Bytes from the system's random numbers.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random numbers once it runs");
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
        hex
    })
}

/// A token of a session: 256 bits in hexadecimal.
pub(crate) fn token() -> String {
    hex(&random::<32>())
}

/// A token of forms: 128 bits, for it stands on a page many times and lives as long as its session.
pub(crate) fn form_token() -> String {
    hex(&random::<16>())
}

/// A first password: twenty characters in groups of five, 100 bits.
pub fn first_password() -> String {
    let bytes = random::<20>();
    let mut password = String::new();
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 5 == 0 {
            password.push('-');
        }
        password.push(char::from(PLAIN[usize::from(byte % 32)]));
    }
    password
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let differ = one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differ == 0
}

/// A password's hash in PHC form. It takes a while; a server asks [`hash`].
pub fn password_hash(password: &str) -> String {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.expect("Argon2's own parameters are right, and the system has random numbers").to_string()
}

/// The same on a thread of its own, a few at a time.
pub(crate) async fn hash(password: String) -> String {
    on_thread(move || password_hash(&password)).await
}

/// Whether a password is the one of a hash. Without a hash it takes as long and is wrong, so that nobody learns
/// by the clock who has an account.
pub(crate) async fn verify(hash: Option<String>, password: String) -> bool {
    on_thread(move || {
        let known = hash.as_deref().and_then(|hash| PasswordHash::new(hash).ok());
        if let Some(hash) = known {
            return Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        }
        password_hash(&password);
        false
    })
    .await
}

async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = HASHING.acquire().await.expect("the turns are never closed");
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(password: &str, expected: Option<PasswordFault>) {
        assert_eq!(password_fault("sato", password), expected, "{password}");
    }

    #[test]
    fn passwords_are_judged_by_length_and_plainness() {
        check("elevenchars", Some(PasswordFault::Short));
        check("twelve chars", None);
        check("あいうえおかきくけこさし", None);
        check(&"ab".repeat(100), None);
        check(&"ab".repeat(101), Some(PasswordFault::Long));
        check("SATO-password", Some(PasswordFault::Plain));
        check("aaaaaaaaaaaaaaaa", Some(PasswordFault::Plain));
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_salted_and_knows_its_password() {
        let one = hash("correct horse battery".to_owned()).await;
        let two = password_hash("correct horse battery");
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(verify(Some(one.clone()), "correct horse battery".to_owned()).await);
        assert!(!verify(Some(one), "correct horse batterz".to_owned()).await);
        assert!(!verify(None, "correct horse battery".to_owned()).await);
        assert!(!verify(Some("no hash".to_owned()), "no hash".to_owned()).await);
    }

    #[test]
    fn tokens_differ_and_first_passwords_pass() {
        assert_eq!(token().len(), 64);
        assert_ne!(token(), token());
        let first = first_password();
        assert_eq!(first.len(), 23);
        assert_eq!(password_fault("sato", &first), None);
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab"));
    }
}
