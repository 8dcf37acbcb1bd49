plugins {
    id("com.android.application") version "8.10.1"
    kotlin("android") version "2.2.21"
    kotlin("plugin.compose") version "2.2.21"
    kotlin("plugin.serialization") version "2.2.21"
}

android {
    namespace = "com.acme.notes"
    compileSdk = 35

    defaultConfig {
        applicationId = "com.acme.notes"
        minSdk = 24
        targetSdk = 35
        versionCode = 1
        versionName = "1.0"
        manifestPlaceholders["secureFlowsScheme"] = "com.acme.notes"
        // The mock of this computer, by `adb reverse`; -PsecureflowsOrigin= names another.
        val origin = providers.gradleProperty("secureflowsOrigin").getOrElse("http://127.0.0.1:8787")
        resValue("string", "secureflows_origin", origin)
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }

    buildFeatures {
        compose = true
        resValues = true
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin {
    compilerOptions { jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17 }
}

dependencies {
    implementation("com.secureflows:secureflows-android:0.1.0")
    implementation("androidx.activity:activity-compose:1.9.3")
    implementation("androidx.lifecycle:lifecycle-runtime-compose:2.8.7")
    implementation("androidx.lifecycle:lifecycle-viewmodel-compose:2.8.7")
    implementation("androidx.compose.material3:material3:1.3.1")
    implementation("androidx.compose.ui:ui:1.7.6")
}
