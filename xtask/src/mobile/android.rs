//! The Android module: its native libraries where an NDK is at hand, its checks where none is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{PACKAGE, bindings, build, generate, ndk::Ndk, stripped};
use crate::{step, workspace};

/// The ABIs that the module carries, with rustc's name of each.
const ABIS: [(&str, &str); 4] = [
    ("arm64-v8a", "aarch64-linux-android"),
    ("armeabi-v7a", "armv7-linux-androideabi"),
    ("x86", "i686-linux-android"),
    ("x86_64", "x86_64-linux-android"),
];
/// The module's `minSdk`.
const MIN_SDK: &str = "24";
/// What a device with pages of 16 KB asks for.
const LEAST_ALIGNMENT: u64 = 16384;

/// Builds what the Gradle module takes in: the bindings, and a library for every ABI.
pub(crate) fn run() -> Result<()> {
    let ndk = Ndk::find(&ABIS.map(|(_, target)| target))?;
    build()?;
    generate("kotlin")?;
    let folder = workspace::target().join("android/jniLibs");
    let mut libraries = workspace::cargo(&["ndk", "--platform", MIN_SDK]);
    for (abi, _) in ABIS {
        libraries.args(["--target", abi]);
    }
    libraries.arg("--output-dir").arg(&folder).env("ANDROID_NDK_HOME", &ndk.home);
    libraries.args(["build", "--package", PACKAGE, "--profile", "mobile", "--lib"]);
    step::quiet("cargo ndk build, four ABIs", libraries)?;
    for (abi, _) in ABIS {
        let library = folder.join(abi).join("libsecureflows_mobile.so");
        step::check(&format!("{abi} is stripped, and aligned to 16 KB"), || {
            let mut strip = Command::new(&ndk.strip);
            strip.arg("--strip-unneeded").arg(&library);
            workspace::output_of(strip)?;
            check_alignment(&library)
        })?;
    }
    Ok(())
}

/// The module's and the example's sources against Android's own classes, and the tests of both.
pub(crate) fn test() -> Result<()> {
    build()?;
    generate("kotlin")?;
    step::check("the library is aligned to 16 KB", || check_alignment(&stripped()?))?;
    step::check("the stripped library has the checksums that the bindings compare", checksums)?;
    let target = workspace::target();
    let mut test = Command::new("mvn");
    test.current_dir(module().join("check"));
    test.args(["--quiet", "--batch-mode", "test"]);
    test.arg(format!("-Dmaven.repo.local={}", target.join("maven").display()));
    test.arg(format!("-Dbindings={}", bindings("kotlin").display()));
    test.arg(format!("-Dlibrary={}", target.join("mobile").display()));
    test.arg(format!("-Dout={}", checked().display()));
    step::quiet("mvn test, of the Android module and the example", test)?;
    step::check("the manifest and the rules name classes that exist", named_classes)
}

fn module() -> PathBuf {
    workspace::root().join("sdk-mobile/kotlin/android")
}

fn checked() -> PathBuf {
    workspace::target().join("android/check")
}

fn check_alignment(library: &Path) -> Result<String> {
    let mut readelf = Command::new("readelf");
    readelf.args(["--program-headers", "--wide"]).arg(library);
    let segments = alignments(&workspace::output_of(readelf)?)?;
    match segments.iter().find(|alignment| **alignment < LEAST_ALIGNMENT) {
        None => Ok(format!("{} segments", segments.len())),
        Some(least) => bail!(
            "{} has a segment aligned to {least} bytes: link with -Wl,-z,max-page-size=16384",
            library.display()
        ),
    }
}

/// The alignment of each segment that is loaded, as `readelf` tells it.
fn alignments(headers: &str) -> Result<Vec<u64>> {
    let loads = headers.lines().filter(|line| line.trim_start().starts_with("LOAD "));
    let alignments: Vec<u64> = loads
        .map(|line| {
            let last = line.split_whitespace().next_back().unwrap_or_default();
            u64::from_str_radix(last.trim_start_matches("0x"), 16).context("an odd program header")
        })
        .collect::<Result<_>>()?;
    if alignments.is_empty() {
        bail!("readelf names no segment that is loaded");
    }
    Ok(alignments)
}

/// What the bindings ask the library for when they load it survives stripping.
fn checksums() -> Result<String> {
    let source = bindings("kotlin").join("com/secureflows/ffi/secureflows.kt");
    let source = fs::read_to_string(&source).context("the bindings")?;
    let asked: Vec<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("external fun "))
        .filter_map(|line| line.split('(').next())
        .filter(|name| name.contains("_checksum_") || name.contains("_contract_version"))
        .collect();
    let mut symbols = Command::new("nm");
    symbols.args(["--dynamic", "--defined-only"]).arg(stripped()?);
    let symbols = workspace::output_of(symbols)?;
    let there = |name: &&str| symbols.lines().any(|line| line.ends_with(&format!(" {name}")));
    match asked.iter().find(|name| !there(name)) {
        None if asked.len() > 1 => Ok(format!("{} of them", asked.len())),
        None => bail!("the bindings compare no checksums"),
        Some(missing) => bail!("the stripped library has no `{missing}`"),
    }
}

/// What a build with R8 and a device find by name.
fn named_classes() -> Result<String> {
    let manifest = fs::read_to_string(module().join("src/main/AndroidManifest.xml"))?;
    let rules = fs::read_to_string(module().join("consumer-rules.pro"))?;
    let classes = checked().join("module/classes");
    let mut names = activities(&manifest);
    // The others are JNA's, which the bindings do not compile without.
    names.extend(kept(&rules).into_iter().filter(|name| name.starts_with("com.secureflows.")));
    for name in &names {
        let path = name.trim_end_matches(".**").replace('.', "/");
        let path = if name.ends_with(".**") { path } else { format!("{path}.class") };
        if !classes.join(&path).exists() {
            bail!("there is no `{name}`");
        }
    }
    Ok(names.join(", "))
}

fn activities(manifest: &str) -> Vec<String> {
    let names = manifest.split("android:name=\"").skip(1).filter_map(|rest| rest.split('"').next());
    names.filter(|name| name.starts_with("com.secureflows.")).map(str::to_owned).collect()
}

fn kept(rules: &str) -> Vec<String> {
    let rules = rules.lines().filter_map(|line| line.strip_prefix("-keep class "));
    rules.filter_map(|rest| rest.split_whitespace().next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: &str = "  Type  Offset\n  PHDR  0x40 0x8\n  \
        LOAD           0x000000 0x00 0x00 0x0461a4 0x0461a4 R   0x4000\n  \
        LOAD           0x0461a4 0x00 0x00 0x07dc0c 0x07dc0c R E 0x1000\n";

    #[test]
    fn the_alignment_is_the_last_column_of_what_is_loaded() {
        assert_eq!(alignments(HEADERS).unwrap(), [0x4000, 0x1000]);
        assert!(alignments("  PHDR  0x40 0x8").is_err());
    }

    #[test]
    fn names_are_taken_from_the_manifest_and_the_rules() {
        let manifest =
            "<activity android:name=\"com.secureflows.A\"/><action android:name=\"x.VIEW\"/>";
        assert_eq!(activities(manifest), ["com.secureflows.A"]);
        assert_eq!(
            kept("# x\n-keep class com.sun.jna.** { *; }\n-dontwarn a.**"),
            ["com.sun.jna.**"]
        );
    }
}
