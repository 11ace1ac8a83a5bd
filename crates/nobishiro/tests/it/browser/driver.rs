//! A real browser, driven by the W3C's WebDriver protocol: Debian's chromium through its chromedriver.
//!
//! The protocol is JSON over HTTP, and the tests have a client for that. A crate for it would switch on features
//! of shared dependencies, so that the executable under test were another than the one that is shipped.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// What stands in an answer in place of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long an element is waited for.
const PATIENCE_MS: u64 = 8_000;
/// Switches that keep the browser to itself: no network of its own, no first steps, no graphics card.
const SWITCHES: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--window-size=1440,900",
];

/// The keys that have no character, as the protocol names them.
pub(crate) mod key {
    pub(crate) const TAB: &str = "\u{E004}";
    pub(crate) const ENTER: &str = "\u{E007}";
    pub(crate) const ARROW_DOWN: &str = "\u{E015}";
}

/// A browser of one test. It ends with the test, also when that panics.
pub(crate) struct Browser {
    driver: Child,
    agent: ureq::Agent,
    driver_url: String,
    session: String,
    /// What addresses without a host begin with.
    site: String,
    /// The browser's folder; gone after it.
    profile: tempfile::TempDir,
}

/// An element of the page that is shown.
#[derive(Debug, Clone)]
pub(crate) struct Element(String);

impl Browser {
    /// Opens a browser that asks for pages in that language.
    pub(crate) fn open(site: &str, language: &str) -> Self {
        let (driver, driver_url) = start();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(2)))
            .build();
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut browser = Self {
            driver,
            agent: agent.into(),
            driver_url,
            session: String::new(),
            site: site.to_owned(),
            profile,
        };
        browser.begin(language);
        browser
    }

    fn begin(&mut self, language: &str) {
        let folder = format!("--user-data-dir={}", self.profile.path().display());
        let mut args: Vec<&str> = SWITCHES.to_vec();
        args.push(&folder);
        let options = json!({
            "args": args,
            "prefs": { "intl.accept_languages": language },
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "implicit": PATIENCE_MS, "pageLoad": 60_000, "script": 60_000 },
        } } });
        let begun = self.ask("POST", "/session", &wanted).unwrap_or_else(|error| {
            panic!("chromium does not start (`cargo xtask test` installs it): {error}")
        });
        begun["sessionId"].as_str().expect("a session").clone_into(&mut self.session);
    }

    /// Asks the driver; its error as it words it.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("{}{path}", self.driver_url);
        let answer = match method {
            "GET" => self.agent.get(&url).call(),
            "DELETE" => self.agent.delete(&url).call(),
            _ => {
                let post = self.agent.post(&url).header("Content-Type", "application/json");
                post.send(body.to_string())
            }
        };
        let mut answer = answer.map_err(|error| format!("{method} {path}: {error}"))?;
        let limit = 256 * 1024 * 1024;
        let text = answer.body_mut().with_config().limit(limit).read_to_string();
        let text = text.map_err(|error| format!("{method} {path}: {error}"))?;
        let mut said: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let value = said["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", value["message"])),
            None => Ok(value),
        }
    }

    fn within(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        self.ask(method, &format!("/session/{}{path}", self.session), body)
    }

    #[track_caller]
    fn told(&self, method: &str, path: &str, body: &Value) -> Value {
        match self.within(method, path, body) {
            Ok(value) => value,
            Err(error) => panic!("{path} {body}: {error}\nat {}\n{}", self.address(), self.text()),
        }
    }

    /// Opens a page of the site, or of another by its whole address.
    #[track_caller]
    pub(crate) fn go(&self, path: &str) {
        let site = if path.starts_with("http://") { "" } else { &self.site };
        self.told("POST", "/url", &json!({ "url": format!("{site}{path}") }));
    }

    /// The browser's own button.
    pub(crate) fn back(&self) {
        self.told("POST", "/back", &json!({}));
    }

    /// Where it is, without the site.
    pub(crate) fn address(&self) -> String {
        let url = self.within("GET", "/url", &Value::Null).unwrap_or_default();
        let url = url.as_str().unwrap_or_default();
        url.strip_prefix(&self.site).unwrap_or(url).to_owned()
    }

    /// The text that a person can read on the page.
    pub(crate) fn text(&self) -> String {
        let script = json!({ "script": "return document.body.innerText", "args": [] });
        let text = self.within("POST", "/execute/sync", &script).unwrap_or_default();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The page must show all these texts, at once or when what was sent has been answered.
    #[track_caller]
    pub(crate) fn sees(&self, texts: &[&str]) {
        self.sees_within(Duration::from_millis(PATIENCE_MS), texts);
    }

    /// The page must show all these texts, at the latest when a job that is under way has ended.
    #[track_caller]
    pub(crate) fn waits_for(&self, texts: &[&str]) {
        self.sees_within(Duration::from_mins(2), texts);
    }

    #[track_caller]
    fn sees_within(&self, patience: Duration, texts: &[&str]) {
        let begun = Instant::now();
        loop {
            let page = self.text();
            let Some(missing) = texts.iter().find(|text| !page.contains(**text)) else { return };
            let waited = begun.elapsed() > patience;
            assert!(!waited, "`{missing}` is not on {}:\n{page}", self.address());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The page must show none of these texts.
    #[track_caller]
    pub(crate) fn lacks(&self, texts: &[&str]) {
        let page = self.text();
        for text in texts {
            assert!(!page.contains(text), "`{text}` is on {}:\n{page}", self.address());
        }
    }

    /// Runs a script's body in the page.
    #[track_caller]
    pub(crate) fn run(&self, script: &str) -> Value {
        self.told("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Runs a script's body that answers by calling its argument.
    #[track_caller]
    pub(crate) fn run_waiting(&self, script: &str) -> Value {
        self.told("POST", "/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// How many elements a selector finds now.
    #[track_caller]
    pub(crate) fn count(&self, css: &str) -> u64 {
        let css = Value::from(css);
        self.run(&format!("return document.querySelectorAll({css}).length")).as_u64().unwrap_or(0)
    }

    /// The first element of a CSS selector, waited for.
    #[track_caller]
    pub(crate) fn find(&self, css: &str) -> Element {
        self.element("css selector", css)
    }

    #[track_caller]
    fn element(&self, using: &str, value: &str) -> Element {
        let found = self.told("POST", "/element", &json!({ "using": using, "value": value }));
        Element(found[ELEMENT].as_str().expect("an element").to_owned())
    }

    /// The first link, button or summary with that text, inside `scope` (an XPath that ends in nothing, or empty).
    #[track_caller]
    pub(crate) fn named(&self, scope: &str, text: &str) -> Element {
        let kinds = ["a", "button", "summary"];
        let paths: Vec<String> = kinds
            .iter()
            .map(|kind| format!("{scope}//{kind}[normalize-space(.)={}]", quoted(text)))
            .collect();
        self.element("xpath", &paths.join(" | "))
    }

    /// Clicks the first link, button or summary with that text.
    #[track_caller]
    pub(crate) fn press(&self, text: &str) {
        self.click(&self.named("", text));
    }

    #[track_caller]
    pub(crate) fn click(&self, element: &Element) {
        self.told("POST", &format!("/element/{}/click", element.0), &json!({}));
    }

    /// The field whose label begins with a text, inside `scope`.
    #[track_caller]
    pub(crate) fn field(&self, scope: &str, label: &str) -> Element {
        let field = "*[self::input or self::select or self::textarea]";
        let path =
            format!("{scope}//label[starts-with(normalize-space(.), {})]//{field}", quoted(label));
        self.element("xpath", &path)
    }

    /// Types into an element.
    #[track_caller]
    pub(crate) fn type_into(&self, element: &Element, text: &str) {
        self.told("POST", &format!("/element/{}/value", element.0), &json!({ "text": text }));
    }

    /// Puts a text in place of what the field holds. Dates, and signs outside the basic plane that the driver
    /// cannot type, are set as a paste sets them.
    #[track_caller]
    pub(crate) fn put(&self, element: &Element, text: &str) {
        let script = "arguments[0].value = arguments[1]; \
             arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
        let args = json!([{ ELEMENT: element.0 }, text]);
        self.told("POST", "/execute/sync", &json!({ "script": script, "args": args }));
    }

    /// Chooses the option with that text.
    #[track_caller]
    pub(crate) fn choose(&self, select: &Element, text: &str) {
        let path = format!("/element/{}/element", select.0);
        let option = format!(".//option[starts-with(normalize-space(.), {})]", quoted(text));
        let found = self.told("POST", &path, &json!({ "using": "xpath", "value": option }));
        self.click(&Element(found[ELEMENT].as_str().expect("an option").to_owned()));
    }

    /// Presses keys, one after another, wherever the focus is.
    #[track_caller]
    pub(crate) fn keys(&self, keys: &[&str]) {
        let strokes = keys.iter().flat_map(|key| {
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        });
        let actions =
            json!([{ "type": "key", "id": "keys", "actions": strokes.collect::<Vec<_>>() }]);
        self.told("POST", "/actions", &json!({ "actions": actions }));
    }

    /// Clicks twice as fast as a hand can.
    #[track_caller]
    pub(crate) fn double_click(&self, element: &Element) {
        let (down, up) = (
            json!({ "type": "pointerDown", "button": 0 }),
            json!({ "type": "pointerUp", "button": 0 }),
        );
        let origin = json!({ ELEMENT: element.0 });
        let to = json!({ "type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": origin });
        let actions = json!([{
            "type": "pointer",
            "id": "mouse",
            "parameters": { "pointerType": "mouse" },
            "actions": [to, down, up, down, up],
        }]);
        self.told("POST", "/actions", &json!({ "actions": actions }));
    }

    /// Forgets every cookie, as when a session has ended.
    pub(crate) fn forget(&self) {
        self.told("DELETE", "/cookie", &Value::Null);
    }

    /// A command of the browser's own protocol, for what WebDriver has no word.
    #[track_caller]
    pub(crate) fn devtools(&self, command: &str, params: &Value) -> Value {
        self.told("POST", "/goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    /// What the browser complained about since it was asked last: blocked scripts and styles, errors of scripts.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.told("POST", "/se/log", &json!({ "type": "browser" }));
        let lines = log.as_array().cloned().unwrap_or_default();
        let text = |line: &Value| line["message"].as_str().unwrap_or_default().to_owned();
        // An answer with a 4xx is the page's own doing, and looked at where it matters.
        lines.iter().map(text).filter(|text| !text.contains("server responded with")).collect()
    }

    /// Saves what the page looks like as PNG, whole, or its first part where it is very long.
    pub(crate) fn picture(&self, path: &Path) {
        const HIGHEST: f64 = 2_800.0;
        let size = self.devtools("Page.getLayoutMetrics", &json!({}))["cssContentSize"].take();
        let of = |name: &str| size[name].as_f64().unwrap_or_default();
        let (width, height) = (of("width"), of("height").min(HIGHEST));
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let taken = self.devtools("Page.captureScreenshot", &params);
        let bytes = base64(taken["data"].as_str().expect("a picture"));
        std::fs::write(path, bytes).expect("the picture is written");
    }
}

impl Element {
    /// The text it shows.
    #[track_caller]
    pub(crate) fn text(&self, browser: &Browser) -> String {
        let text = browser.told("GET", &format!("/element/{}/text", self.0), &Value::Null);
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What it holds, being a field.
    #[track_caller]
    pub(crate) fn value(&self, browser: &Browser) -> String {
        let value =
            browser.told("GET", &format!("/element/{}/property/value", self.0), &Value::Null);
        value.as_str().unwrap_or_default().to_owned()
    }
}

/// What the page is looked at on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether it is touched, not pointed at.
    pub(crate) touch: bool,
}

pub(crate) const DESK: Screen = Screen { name: "desk", width: 1440, height: 900, touch: false };
pub(crate) const TABLET: Screen = Screen { name: "tablet", width: 820, height: 1180, touch: true };
pub(crate) const PHONE: Screen = Screen { name: "phone", width: 390, height: 844, touch: true };

/// Colours by the device's setting, or what goes on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Light,
    Dark,
    Print,
}

impl Browser {
    /// Shows the page on another screen, in another look.
    #[track_caller]
    pub(crate) fn show_on(&self, screen: Screen, look: Look) {
        let size = json!({
            "width": screen.width,
            "height": screen.height,
            "deviceScaleFactor": 1,
            "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
        let touch = if screen.touch {
            json!({ "enabled": true, "maxTouchPoints": 5 })
        } else {
            json!({ "enabled": false })
        };
        self.devtools("Emulation.setTouchEmulationEnabled", &touch);
        // Paper is white also where the screen is dark.
        let scheme = if look == Look::Light { "light" } else { "dark" };
        let media = json!({
            "media": if look == Look::Print { "print" } else { "" },
            "features": [{ "name": "prefers-color-scheme", "value": scheme }],
        });
        self.devtools("Emulation.setEmulatedMedia", &media);
        // What is seen is decided as a page is drawn: the second frame is of the new look.
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
        self.run_waiting(drawn);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browsers when it is asked to; then it goes itself, by its own process.
        let _ = self.within("DELETE", "", &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Starts chromedriver on a free port of this machine.
fn start() -> (Child, String) {
    let mut command = Command::new("chromedriver");
    command.args(["--port=0", "--log-level=SEVERE"]).stdin(Stdio::null());
    let mut driver = command.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| {
        panic!(
            "the tests of the pages need Debian's chromium and chromium-driver (`cargo xtask test` installs \
             them): chromedriver: {error}"
        )
    });
    let lines = BufReader::new(driver.stdout.take().expect("piped")).lines();
    let port = lines.map_while(Result::ok).find_map(|line| {
        let after = line.split("successfully on port ").nth(1)?;
        after.trim_end_matches('.').parse::<u16>().ok()
    });
    let Some(port) = port else {
        let _ = driver.kill();
        let status = driver.wait();
        panic!("chromedriver does not say where it listens: {status:?}")
    };
    (driver, format!("http://127.0.0.1:{port}"))
}

/// A text as an XPath has it.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

/// The bytes of a text in base 64 (RFC 4648).
pub(crate) fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [0_u8; 256];
    for (value, digit) in (0_u8..).zip(DIGITS) {
        values[usize::from(*digit)] = value;
    }
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'=').collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for four in digits.chunks(4) {
        let bits = four
            .iter()
            .fold(0_u32, |bits, digit| (bits << 6) | u32::from(values[usize::from(*digit)]));
        let bits = bits << (6 * (4 - four.len()));
        let [_, all @ ..] = bits.to_be_bytes();
        bytes.extend(&all[..four.len() - 1]);
    }
    bytes
}

#[test]
fn base_64_is_read() {
    for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9vYmFy", "foobar")] {
        assert_eq!(base64(text), bytes.as_bytes(), "{text}");
    }
}
