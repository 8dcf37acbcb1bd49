plugins {
    id("com.android.library") version "8.10.1"
    kotlin("android") version "2.2.21"
    kotlin("plugin.serialization") version "2.2.21"
    `maven-publish`
}

group = "com.secureflows"
version = "0.1.0"

// What `cargo xtask android` generates and builds.
val built = file(providers.gradleProperty("secureflows.target").getOrElse("../../../target"))

android {
    namespace = "com.secureflows.android"
    compileSdk = 35

    defaultConfig {
        minSdk = 24
        consumerProguardFiles("consumer-rules.pro")
    }

    sourceSets["main"].apply {
        kotlin.srcDirs("src/main/kotlin", "../src/main/kotlin", built.resolve("bindings/kotlin"))
        jniLibs.srcDir(built.resolve("android/jniLibs"))
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    publishing {
        singleVariant("release") { withSourcesJar() }
    }
}

kotlin {
    compilerOptions { jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17 }
}

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2")
    api("org.jetbrains.kotlinx:kotlinx-serialization-json:1.9.0")
    api("com.squareup.okhttp3:okhttp:4.12.0")
    implementation("androidx.browser:browser:1.8.0")
    implementation("net.java.dev.jna:jna:5.18.1@aar")

    testImplementation("junit:junit:4.13.2")
    testImplementation("org.robolectric:robolectric:4.14.1")
    // The tests run on the JVM, with the library of this computer.
    testImplementation("net.java.dev.jna:jna:5.18.1")
}

tasks.withType<Test>().configureEach {
    systemProperty("jna.library.path", built.resolve("mobile").path)
}

/** Without them the AAR would be built, and fail on the first phone. */
val nativeLibraries by tasks.registering {
    val folders = listOf("arm64-v8a", "armeabi-v7a", "x86", "x86_64").map { built.resolve("android/jniLibs/$it/libsecureflows_mobile.so") }
    doLast {
        val missing = folders.filterNot(File::exists)
        check(missing.isEmpty()) { "run `cargo xtask android` first: there is no ${missing.joinToString()}" }
    }
}
tasks.named("preBuild") { dependsOn(nativeLibraries) }

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "secureflows-android"
            afterEvaluate { from(components["release"]) }
            pom {
                name = "secureFlows for Android"
                description = "Sign users in, keep their data, sign them in again"
                url = "https://www.secure-flows.com"
                licenses {
                    license {
                        name = "MIT"
                        url = "https://opensource.org/license/mit"
                    }
                    license {
                        name = "Apache-2.0"
                        url = "https://www.apache.org/licenses/LICENSE-2.0.txt"
                    }
                }
                scm { url = "https://github.com/secureflows/secureflows-sdk" }
            }
        }
    }
}
