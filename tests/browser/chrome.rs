//! A headless Chromium, driven over the Chrome DevTools Protocol. Only what the tests need.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// Programs that are tried, in this order; `CHROMIUM` names another one.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// How long a browser on a busy machine may take for one thing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A page in a browser of its own. It ends with this value.
pub struct Page {
    child: Child,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    next: u64,
    events: VecDeque<Value>,
    /// Its profile, gone with it.
    _profile: TempDir,
}

impl Page {
    /// Starts a browser and opens an empty page.
    pub fn open() -> Self {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let mut child = start(profile.path());
        let socket = connect(&mut child);
        let mut page = Self { child, socket, session: None, next: 0, events: VecDeque::new(), _profile: profile };
        let target = page.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached = page.call("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        page.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        page
    }

    /// Calls a method of the protocol and waits for its answer.
    #[track_caller]
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.try_call(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn try_call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.next += 1;
        let mut message = json!({"id": self.next, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(message.to_string())).expect("speak to the browser");
        let started = Instant::now();
        loop {
            assert!(started.elapsed() < PATIENCE, "no answer to {method}");
            let Message::Text(text) = self.socket.read().expect("hear from the browser") else { continue };
            let mut answer: Value = serde_json::from_str(&text).expect("JSON");
            if answer["id"] == json!(self.next) {
                return if answer["error"].is_null() {
                    Ok(answer["result"].take())
                } else {
                    Err(answer["error"].take())
                };
            }
            if answer["method"].is_string() {
                self.events.push_back(answer);
            }
        }
    }

    /// What an expression of JavaScript gives; promises are waited for.
    #[track_caller]
    pub fn eval(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub fn wait_for(&mut self, expression: &str) {
        let started = Instant::now();
        let params = json!({"expression": format!("Boolean({expression})"), "returnByValue": true});
        // While a page gives way to the next one there is nothing to ask.
        while !self.try_call("Runtime.evaluate", params.clone()).is_ok_and(|answer| answer["result"]["value"] == true) {
            if started.elapsed() > PATIENCE {
                let text = self.eval("document.body.innerText");
                panic!("never true: {expression}; the page says {text}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Goes to an address and waits for its page.
    pub fn visit(&mut self, address: &str) {
        self.call("Page.navigate", json!({"url": address}));
        self.wait_for(&format!("location.href === {} && document.readyState === 'complete'", json!(address)));
    }

    /// Presses and releases a key: `Tab`, `Enter`, ` `, an arrow.
    pub fn press(&mut self, key: &str) {
        let (code, number, text) = match key {
            "Tab" => ("Tab", 9, ""),
            "Enter" => ("Enter", 13, "\r"),
            " " => ("Space", 32, " "),
            "ArrowLeft" => ("ArrowLeft", 37, ""),
            "ArrowUp" => ("ArrowUp", 38, ""),
            "ArrowRight" => ("ArrowRight", 39, ""),
            "ArrowDown" => ("ArrowDown", 40, ""),
            other => panic!("the key {other} is not known here"),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let params = json!({"type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number, "text": text});
            self.call("Input.dispatchKeyEvent", params);
        }
    }

    /// Types a text into what has the focus.
    pub fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Shows the page on a screen of another size.
    pub fn resize(&mut self, width: u32, height: u32, phone: bool) {
        let scale = if phone { 2 } else { 1 };
        let params = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone});
        self.call("Emulation.setDeviceMetricsOverride", params);
    }

    /// Shows the page as on another medium, or to somebody with other wishes.
    pub fn media(&mut self, media: &str, features: &[(&str, &str)]) {
        let features: Vec<Value> = features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.call("Emulation.setEmulatedMedia", json!({"media": media, "features": features}));
    }

    /// A picture of the whole page.
    pub fn picture(&mut self, file: &Path) {
        let answer = self.call("Page.captureScreenshot", json!({"format": "png", "captureBeyondViewport": true}));
        write(&answer, file);
    }

    /// The page as it would be printed on A4.
    pub fn print(&mut self, file: &Path) {
        let size = json!({"printBackground": false, "paperWidth": 8.27, "paperHeight": 11.69});
        let answer = self.call("Page.printToPDF", size);
        write(&answer, file);
    }

    /// Errors and warnings that the browser told of, and exceptions.
    pub fn complaints(&self) -> Vec<String> {
        let complaint = |event: &Value| {
            let params = &event["params"];
            let bad = match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" => true,
                "Runtime.consoleAPICalled" => matches!(params["type"].as_str(), Some("error" | "warning" | "assert")),
                "Log.entryAdded" => matches!(params["entry"]["level"].as_str(), Some("error" | "warning")),
                _ => false,
            };
            bad.then(|| params.to_string())
        };
        self.events.iter().filter_map(complaint).collect()
    }

    /// Every address that was asked for.
    pub fn asked_for(&self) -> Vec<String> {
        let requests = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        requests.filter_map(|event| event["params"]["request"]["url"].as_str().map(str::to_owned)).collect()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Only this one: by its handle. It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(answer: &Value, file: &Path) {
    let bytes = STANDARD.decode(answer["data"].as_str().expect("data")).expect("base64");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("make the folder");
    std::fs::write(file, bytes).expect("write the file");
}

fn start(profile: &Path) -> Child {
    let named = std::env::var("CHROMIUM").ok();
    let programs = named.iter().map(String::as_str).chain(PROGRAMS);
    for program in programs {
        let started = Command::new(program)
            .args(["--headless=new", "--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check"])
            .args(["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync"])
            // The page is ours and on this machine; as root, as in containers, the sandbox cannot start.
            .args(["--no-sandbox", "--disable-extensions", "--lang=ru", "--accept-lang=ru"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        if let Ok(child) = started {
            return child;
        }
    }
    panic!("no Chromium was found: install it (apt-get install chromium), or name it in CHROMIUM");
}

/// The browser says on its standard error where it listens.
fn connect(child: &mut Child) -> WebSocket<TcpStream> {
    let mut lines = BufReader::new(child.stderr.take().expect("its standard error")).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("DevTools listening on ").map(|(_, address)| address.trim().to_owned()))
        .expect("the browser says where it listens");
    // What it says later must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    let host = address.trim_start_matches("ws://").split('/').next().expect("a host").to_owned();
    let stream = TcpStream::connect(host).expect("reach the browser");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let (socket, _) = tungstenite::client(address, stream).expect("speak WebSocket");
    socket
}
