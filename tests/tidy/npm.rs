//! The npm package's examples compile as a product team would compile them: strict TypeScript, React's and Vue's own types.

use buoy_tests::root::root;
use std::fs;
use std::process::Command;

/// How TypeScript is asked: strictly, and as a bundler resolves.
const CONFIG: &str = r#"{
  "compilerOptions": {
    "strict": true, "noEmit": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "jsx": "react-jsx",
    "lib": ["es2022", "dom", "dom.iterable"], "skipLibCheck": true, "types": [],
    "paths": { "buoy-widget": ["PACKAGE/index.d.ts"], "react": ["MODULES/@types/react"], "react/jsx-runtime": ["MODULES/@types/react/jsx-runtime"], "vue": ["MODULES/vue"] }
  },
  "include": ["*.ts", "*.tsx"]
}"#;

fn check(name: &str, files: &[(String, String)]) -> (bool, String) {
    let folder = tempfile::Builder::new().prefix(name).tempdir().expect("a folder");
    let path = |part: &str| root().join(part).display().to_string();
    let config = CONFIG.replace("PACKAGE", &path("widget/npm")).replace("MODULES", &path("node_modules"));
    fs::write(folder.path().join("tsconfig.json"), config).expect("a file");
    for (file, text) in files {
        fs::write(folder.path().join(file), text).expect("a file");
    }
    let compiler = root().join("node_modules/typescript/bin/tsc");
    let outcome = Command::new("node").arg(compiler).arg("-p").arg(folder.path()).output();
    let outcome = outcome.expect("node and typescript: run `cargo xtask build` first");
    (outcome.status.success(), String::from_utf8_lossy(&outcome.stdout).into_owned())
}

#[test]
fn the_examples_for_react_and_vue_compile_against_the_types() {
    let page = fs::read_to_string(root().join("widget/npm/README.md")).expect("the package's page");
    let mut files = Vec::new();
    for (at, block) in page.split("```ts").skip(1).enumerate() {
        let (head, code) = block.split_once('\n').expect("a block");
        let ending = if head == "x" { "tsx" } else { "ts" };
        files.push((format!("example{at}.{ending}"), code.split("```").next().expect("its end").to_owned()));
    }
    assert_eq!(files.len(), 3, "plain, React, Vue");
    let (is_fine, told) = check("buoy-npm", &files);
    assert!(is_fine, "{told}");
}

#[test]
fn the_types_refuse_what_the_widget_refuses() {
    let begin = "import { loadBuoy } from 'buoy-widget';\nconst buoy = await loadBuoy({ origin: '', site: '' });\n";
    for wrong in [
        "await buoy('dance');",
        "await buoy('on', 'tickets', () => {});",
        "await buoy('set', { theme: 'pink' });",
        "await buoy('on', 'ticket-created', (detail) => detail.title);",
        "await loadBuoy({ site: 'site_demo' });",
    ] {
        let (is_fine, _) = check("buoy-npm-wrong", &[("wrong.ts".to_owned(), format!("{begin}{wrong}\nexport {{}};"))]);
        assert!(!is_fine, "{wrong}");
    }
}

/// React for drawing after drawing: what its effects did, and what ending them did, where what they use has changed.
const REACT: &str = r#"
const ts = (await import(process.argv[2])).default;
const code = ts.transpileModule(process.argv[3], { compilerOptions: { module: ts.ModuleKind.CommonJS, jsx: ts.JsxEmit.React } });
const effects = [];
const react = { useState: (value) => [value, () => {}], useEffect: (act, uses) => effects.push({ act, uses: JSON.stringify(uses) }) };
const calls = [];
globalThis.window = { Buoy: async (method, value) => method !== 'on' && calls.push(method + ' ' + value) };
const buoy = { loadBuoy: async () => window.Buoy, unloadBuoy: async () => {} };
const module = { exports: {} };
new Function('require', 'exports', 'React', code.outputText)((name) => (name === 'react' ? react : buoy), module.exports, { createElement() {} });
const ran = [];
const draw = (user) => {
  effects.length = calls.length = 0;
  module.exports.HelpButton({ user });
  effects.forEach(({ act, uses }, at) => {
    if (ran[at]?.uses === uses) return;
    ran[at]?.end?.();
    ran[at] = { uses, end: act() };
  });
  return calls.join(' ');
};
const users = [null, { token: 'a' }, { token: 'b' }, { token: 'b' }, null];
console.log(users.map(draw).join(' / '));
"#;

#[test]
fn the_example_for_react_says_who_is_here_and_logs_nobody_out_for_a_fresh_token() {
    let page = fs::read_to_string(root().join("widget/npm/README.md")).expect("the package's page");
    let (_, block) = page.split_once("```tsx\n").expect("the example for React");
    let (example, _) = block.split_once("```").expect("its end");
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("react.mjs");
    fs::write(&script, REACT).expect("a file");
    let typescript = root().join("node_modules/typescript/lib/typescript.js");
    let outcome = Command::new("node").arg(script).arg(typescript).arg(example).output().expect("node");
    let told = String::from_utf8_lossy(&outcome.stdout).into_owned();
    assert_eq!(
        told.trim(),
        "identify undefined / identify a / identify b /  / identify undefined",
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
}
