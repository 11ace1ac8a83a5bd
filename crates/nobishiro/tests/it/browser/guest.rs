//! A visitor without a browser, for what need not be seen: signs in, reads pages, sends forms.

use super::demo::PASSWORD;

/// One visitor with the cookies it was given.
pub(crate) struct Guest {
    agent: ureq::Agent,
    site: String,
    cookies: String,
    token: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) body: String,
}

impl Guest {
    /// Nobody in particular.
    pub(crate) fn new(site: &str) -> Self {
        let agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let (site, token) = (site.to_owned(), String::new());
        Self { agent: agent.into(), site, cookies: String::new(), token }
    }

    /// A user, signed in.
    pub(crate) fn sign_in(site: &str, login: &str) -> Self {
        let mut guest = Self::new(site);
        assert_eq!(guest.enter(login, PASSWORD).status, 303, "{login} cannot sign in");
        let page = guest.get("/w/demo/plays/new", "ja").body;
        guest.token = token(&page).unwrap_or_default();
        guest
    }

    /// Sends the sign-in form.
    pub(crate) fn enter(&mut self, login: &str, password: &str) -> Answer {
        self.token = token(&self.get("/w/demo/login", "ja").body).expect("a token");
        self.post("/w/demo/login", &[("login", login), ("password", password)])
    }

    pub(crate) fn get(&mut self, path: &str, language: &str) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.site));
        let request = request.header("Cookie", &self.cookies).header("Accept-Language", language);
        let answer = request.call().expect("an answer");
        self.take(answer)
    }

    /// Sends a form as a page of the server does.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("csrf", self.token.as_str())], fields].concat();
        let request = self.agent.post(format!("{}{path}", self.site));
        let request =
            request.header("Cookie", &self.cookies).header("Sec-Fetch-Site", "same-origin");
        let answer = request.send_form(fields.iter().copied()).expect("an answer");
        self.take(answer)
    }

    /// Sends a form that must be taken.
    #[track_caller]
    pub(crate) fn sends(&mut self, path: &str, fields: &[(&str, &str)]) {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{path} {fields:?}: {}", answer.body);
    }

    /// Uploads a file to the demo as the form of the data page does.
    pub(crate) fn brings(&mut self, name: &str, bytes: &[u8]) {
        let token = self.token.as_str();
        let head = format!(
            "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--B\r\n\
             Content-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, b"\r\n--B--\r\n"].concat();
        let request = self.agent.post(format!("{}/w/demo/data", self.site));
        let request = request.header("Cookie", &self.cookies);
        let request = request.header("Sec-Fetch-Site", "same-origin");
        let request = request.header("Content-Type", "multipart/form-data; boundary=B");
        let answer = request.send(body.as_slice()).expect("an answer");
        let answer = self.take(answer);
        assert_eq!(answer.status, 303, "{}", answer.body);
    }

    /// The page once it no longer refreshes itself.
    pub(crate) fn settled(&mut self, path: &str) -> String {
        let begun = std::time::Instant::now();
        loop {
            let page = self.get(path, "ja").body;
            if !page.contains("http-equiv=\"refresh\"") {
                return page;
            }
            assert!(begun.elapsed().as_secs() < 120, "it does not come to an end:\n{page}");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    }

    fn take(&mut self, mut answer: ureq::http::Response<ureq::Body>) -> Answer {
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let set: Vec<String> = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| Some(value.to_str().ok()?.split(';').next()?.to_owned()))
            .filter(|cookie| !cookie.starts_with("lang="))
            .collect();
        if !set.is_empty() {
            self.cookies = set.join("; ");
        }
        let status = answer.status().as_u16();
        let body = answer.body_mut().read_to_string().expect("text");
        Answer { status, kind, body }
    }
}

/// The token that the forms of a page carry.
fn token(page: &str) -> Option<String> {
    let after = page.split("name=\"csrf\" value=\"").nth(1)?;
    Some(after.split('"').next()?.to_owned())
}
