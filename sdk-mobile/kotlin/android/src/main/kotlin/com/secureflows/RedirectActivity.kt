package com.secureflows

import android.app.Activity
import android.content.Intent
import android.os.Bundle

/**
 * Where hosted login comes back to, also in a new process. It passes the URL on in memory: the intent
 * that it starts [LoginActivity] with carries nothing.
 */
class RedirectActivity : Activity() {
    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        val url = intent.dataString
        intent = Intent()
        if (url != null && LoginPages.arrive(url)) startActivity(LoginActivity.over(this))
        finish()
    }
}
