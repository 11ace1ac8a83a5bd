//! The words of a comment, in Japanese or in a language with blanks.
//!
//! Japanese is split where the script changes, and its hiragana, which is particles and endings for the most part, is
//! left out: 「サポートの対応が遅い」 has サポート, 対応 and 遅.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

/// Words that every comment has, whatever it is about.
const STOP_ENGLISH: &str = "a about after all also am an and any are as at be because been before being but by can \
    could did do does doing for from get got had has have having he her here him his how i i'd i'll i'm i've if in into \
    is it it's its just let like me more most much my of on or our out over please she so some such than that that's the \
    their them then there these they this those to too up us very was we we're we've were what when where which while \
    who will with would you your yours";
/// Particles, endings and helpers that the dictionary splits off.
const STOP_JAPANESE: &str = "ある あり あっ あった いる いた い いい ので のに から まで より ため です ます でし まし でした ました ません \
    ない なかっ なかった なく なっ なる なり した して しま する すると さ さん され せ そう その それ この これ こと もの ところ とき とても \
    とか など なら なの ほど まだ また もう もっと よう ように よく ください くれ くれる ほしい 欲しい たい たく だ だっ だった だけ だが \
    て で と は が を に の も や か へ ね よ な ば し れ られ られる せる という といった について として できる でき おり おら おく \
    みたい かなり すごく 思い 思う 思います 思っ 少し 的 方 上 中 時 等 頂き 頂い いただき いただい いただける いつも あまり けど けれど しか \
    かって やすい にくい もう少し できない ところが しかし たら たり ても でも";

/// Splits comments into words.
pub(super) struct Splitter {
    stop: BTreeSet<&'static str>,
}

impl Splitter {
    pub(super) fn new() -> Self {
        let stop = STOP_ENGLISH.split_whitespace().chain(STOP_JAPANESE.split_whitespace());
        Self { stop: stop.collect() }
    }

    /// The different words of a text that say something: full-width letters as half-width, small letters, without
    /// numbers, particles and other words that every comment has.
    pub(super) fn words(&self, text: &str) -> BTreeSet<String> {
        let text: String = text.nfkc().collect::<String>().to_lowercase().replace('’', "'");
        let mut words = BTreeSet::new();
        let letters: Vec<char> = text.chars().collect();
        for run in letters.chunk_by(|a, b| Script::of(*a) == Script::of(*b)) {
            let run: String = run.iter().collect();
            let word = run.trim_matches('\'');
            let told = !matches!(
                Script::of(run.chars().next().unwrap_or(' ')),
                Script::Hiragana | Script::None
            );
            if told && self.says_something(word) {
                words.insert(word.strip_suffix("'s").unwrap_or(word).to_owned());
            }
        }
        words
    }

    fn says_something(&self, word: &str) -> bool {
        // One letter is a word only where it is a Chinese character: 高, 遅.
        let short = word.chars().count() <= 1 && !word.chars().all(is_ideograph);
        !word.is_empty() && !short && !self.stop.contains(word)
    }
}

/// What a letter is written in.
#[derive(PartialEq, Eq)]
enum Script {
    Hiragana,
    Katakana,
    Ideographs,
    /// Any other letters, and the apostrophe within them.
    Letters,
    None,
}

impl Script {
    fn of(letter: char) -> Self {
        match letter {
            '\u{3041}'..='\u{309f}' => Self::Hiragana,
            '\u{30a1}'..='\u{30fa}' | 'ー' => Self::Katakana,
            '々' => Self::Ideographs,
            letter if is_ideograph(letter) => Self::Ideographs,
            letter if letter.is_alphabetic() || letter == '\'' => Self::Letters,
            _ => Self::None,
        }
    }
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, has: &[&str], lacks: &[&str]) {
        let words = Splitter::new().words(text);
        for word in has {
            assert!(words.contains(*word), "no {word} in {words:?}");
        }
        for word in lacks {
            assert!(!words.contains(*word), "{word} in {words:?}");
        }
    }

    #[test]
    fn japanese_is_split() {
        check(
            "サポートの対応が遅いので困っています。",
            &["サポート", "対応", "遅"],
            &["の", "が", "ので", "いま"],
        );
        check("ＡＰＩ連携が簡単", &["api", "連携", "簡単"], &["が"]);
    }

    #[test]
    fn english_is_split() {
        check(
            "Support's answers are SLOW; 3 days!",
            &["support", "answers", "slow", "days"],
            &["are", "3"],
        );
    }
}
