pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "android-notes"
include(":app")

// The module of this checkout stands in for the published one.
includeBuild("../../sdk-mobile/kotlin/android") {
    dependencySubstitution { substitute(module("com.secureflows:secureflows-android")).using(project(":")) }
}
