//! Words that must not stay: a person's name, addresses and ids, found in texts and replaced.

/// What is looked for in texts, and what stands there instead.
///
/// Letters of the Latin alphabet count without regard to case. A word of letters and digits is found only
/// where no letter, digit, `-` or `_` continues it: `C12` is in neither `C123` nor `C12-2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// The longest first, each once.
    words: Vec<Word>,
    token: String,
}

/// A word in lower-case Latin letters, and where it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    scope: Scope,
}

/// Letters of a name from which on it is looked for everywhere.
const NAME_CHARS_MIN: usize = 4;
/// Characters of an id from which on it is looked for everywhere.
const ID_CHARS_MIN: usize = 6;
/// Digits of a telephone number from which on it is looked for.
const PHONE_DIGITS_MIN: usize = 8;

impl Redaction {
    /// Nothing to be found yet; `token` will take its place.
    pub fn new(token: &str) -> Self {
        Self { words: Vec::new(), token: token.to_owned() }
    }

    /// What takes the place of what is found.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Looks for an id, too.
    pub fn id(&mut self, id: &str) {
        let id = id.trim();
        match id.chars().count() {
            0..=2 => {}
            n if n < ID_CHARS_MIN && !id.contains('@') => self.add(id, Scope::Own),
            _ => self.add(id, Scope::Any),
        }
    }

    /// A word that counts everywhere stays so.
    fn add(&mut self, word: &str, scope: Scope) {
        let text = word.to_ascii_lowercase();
        match self.words.iter_mut().find(|known| known.text == text) {
            Some(known) if scope == Scope::Any => known.scope = scope,
            Some(_) => {}
            None => self.words.push(Word { text, scope }),
        }
        self.words
            .sort_by(|a, b| b.text.len().cmp(&a.text.len()).then_with(|| a.text.cmp(&b.text)));
    }

    /// Looks for a name, too: as written, and with another space or none between its parts.
    pub fn name(&mut self, name: &str) {
        let parts: Vec<&str> = name.split_whitespace().collect();
        let letters: usize = parts.iter().map(|part| part.chars().count()).sum();
        let scope = if letters >= NAME_CHARS_MIN { Scope::Any } else { Scope::Own };
        match parts.as_slice() {
            [] => {}
            [one] if one.chars().count() < 2 => {}
            [one] => self.add(one, scope),
            many => {
                for space in ["", " ", "\u{3000}"] {
                    self.add(&many.join(space), scope);
                }
            }
        }
    }

    /// Looks for a mail address, too.
    pub fn mail(&mut self, mail: &str) {
        if mail.contains('@') {
            self.add(mail.trim(), Scope::Any);
        }
    }

    /// Looks for a telephone number, too: as written, and its digits alone.
    pub fn phone(&mut self, phone: &str) {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= PHONE_DIGITS_MIN {
            self.add(phone.trim(), Scope::Any);
            self.add(&digits, Scope::Any);
        }
    }

    /// What is looked for in texts of this scope, the longest first, in lower-case Latin letters.
    pub fn words(&self, scope: Scope) -> impl Iterator<Item = &str> {
        let counts = move |word: &&Word| scope == Scope::Own || word.scope == Scope::Any;
        self.words.iter().filter(counts).map(|word| word.text.as_str())
    }

    /// The text without what is looked for; `None` when nothing of it is there.
    pub fn scrub(&self, text: &str, scope: Scope) -> Option<String> {
        let low = text.to_ascii_lowercase();
        let mut clean: Option<String> = None;
        for word in self.words(scope).filter(|word| low.contains(*word)) {
            if let Some(next) = replace(clean.as_deref().unwrap_or(text), word, &self.token) {
                clean = Some(next);
            }
        }
        clean
    }
}

/// Whose text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Of the person's own account: short names count, too.
    Own,
    /// Of anyone.
    Any,
}

/// Every occurrence of a word in lower case replaced; `None` when there is none.
fn replace(text: &str, sought: &str, by: &str) -> Option<String> {
    let low = text.to_ascii_lowercase();
    let mut done = String::new();
    let (mut copied, mut from) = (0, 0);
    while let Some(at) = low[from..].find(sought).map(|at| from + at) {
        let end = at + sought.len();
        if stands_alone(&low, at, end) {
            done.push_str(&text[copied..at]);
            done.push_str(by);
            (copied, from) = (end, end);
        } else {
            from = at + low[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    if copied == 0 && done.is_empty() {
        return None;
    }
    done.push_str(&text[copied..]);
    Some(done)
}

/// Whether nothing continues the word at `at..end`, where it begins or ends with a letter or digit.
fn stands_alone(text: &str, at: usize, end: usize) -> bool {
    let joined = |edge: Option<char>, beside: Option<char>| {
        let continues = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        edge.is_some_and(|edge| edge.is_ascii_alphanumeric()) && beside.is_some_and(continues)
    };
    let found = &text[at..end];
    !joined(found.chars().next(), text[..at].chars().next_back())
        && !joined(found.chars().next_back(), text[end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_taro() -> Redaction {
        let mut redaction = Redaction::new("X");
        redaction.id("C12345");
        redaction.name("山田 太郎");
        redaction.mail("Taro@Example.jp");
        redaction.phone("03-1234-5678");
        redaction
    }

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(of_taro().scrub(text, Scope::Any).as_deref(), expected, "{text}");
    }

    #[test]
    fn names_addresses_and_ids_are_found_in_every_spelling() {
        check("山田太郎様、山田　太郎様", Some("X様、X様"));
        check("taro@example.JP から", Some("X から"));
        check("Tel 03-1234-5678, 0312345678", Some("Tel X, X"));
        check("c12345", Some("X"));
    }

    #[test]
    fn what_is_part_of_something_else_stays() {
        check("C123456 AC12345 C12345-1 C12345.", Some("C123456 AC12345 C12345-1 X."));
        check("C123456", None);
        check("mataro@example.jp", None);
        check("", None);
    }

    #[test]
    fn short_names_count_in_the_own_account_only() {
        let mut redaction = Redaction::new("X");
        redaction.name("佐藤");
        redaction.id("C1");
        assert_eq!(redaction.scrub("佐藤様 C1", Scope::Any), None);
        assert_eq!(redaction.scrub("佐藤様 C1", Scope::Own).as_deref(), Some("X様 C1"));
    }
}
