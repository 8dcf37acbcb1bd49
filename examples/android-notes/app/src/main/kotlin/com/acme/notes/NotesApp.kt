package com.acme.notes

import android.app.Application
import com.secureflows.SecureFlows

class NotesApp : Application() {
    /** One client for the whole app. */
    val client by lazy {
        SecureFlows(
            this,
            workspace = "acme",
            appId = "acme-notes",
            redirectUri = "com.acme.notes:/callback",
            origin = getString(R.string.secureflows_origin),
        )
    }
}
