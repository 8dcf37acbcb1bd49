package com.secureflows

import android.app.Application
import android.content.ComponentName
import android.content.Intent
import android.content.IntentFilter
import android.content.pm.ActivityInfo
import android.content.pm.ApplicationInfo
import android.content.pm.PackageInfo
import android.net.Uri
import android.os.Bundle
import android.support.customtabs.ICustomTabsCallback
import android.support.customtabs.ICustomTabsService
import androidx.browser.customtabs.CustomTabsService
import org.robolectric.Shadows.shadowOf

/** A browser with Custom Tabs, as far as an app can see one. */
class Browser(app: Application) {
    /** Who is told what becomes of the tab. */
    var told: ICustomTabsCallback? = null

    init {
        val packages = shadowOf(app.packageManager)
        packages.installPackage(PackageInfo().apply {
            packageName = NAME
            applicationInfo = ApplicationInfo().also { it.packageName = NAME }
        })
        val window = ComponentName(NAME, "$NAME.Window")
        packages.addActivityIfNotPresent(window)
        packages.addIntentFilterForActivity(window, IntentFilter(Intent.ACTION_VIEW).apply {
            addCategory(Intent.CATEGORY_DEFAULT)
            addCategory(Intent.CATEGORY_BROWSABLE)
            addDataScheme("http")
            addDataScheme("https")
        })
        val service = ComponentName(NAME, "$NAME.Tabs")
        packages.addServiceIfNotPresent(service)
        packages.addIntentFilterForService(service, IntentFilter(CustomTabsService.ACTION_CUSTOM_TABS_CONNECTION))
        shadowOf(app).setComponentNameAndServiceForBindService(service, Service().asBinder())
    }

    fun minimise() = told!!.onMinimized(Bundle())

    fun unminimise() = told!!.onUnminimized(Bundle())

    private inner class Service : ICustomTabsService.Default() {
        private val stub = object : ICustomTabsService.Stub() {
            override fun warmup(flags: Long) = true
            override fun newSession(callback: ICustomTabsCallback): Boolean {
                told = callback
                return true
            }
            override fun newSessionWithExtras(callback: ICustomTabsCallback, extras: Bundle?) = newSession(callback)
            override fun mayLaunchUrl(callback: ICustomTabsCallback, url: Uri?, extras: Bundle?, others: MutableList<Bundle>?) = true
            override fun extraCommand(name: String?, extras: Bundle?): Bundle? = null
            override fun updateVisuals(callback: ICustomTabsCallback, bundle: Bundle?) = false
            override fun requestPostMessageChannel(callback: ICustomTabsCallback, origin: Uri?) = false
            override fun requestPostMessageChannelWithExtras(callback: ICustomTabsCallback, origin: Uri?, extras: Bundle) = false
            override fun postMessage(callback: ICustomTabsCallback, message: String?, extras: Bundle?) = 0
            override fun validateRelationship(callback: ICustomTabsCallback, relation: Int, origin: Uri?, extras: Bundle?) = false
            override fun receiveFile(callback: ICustomTabsCallback, uri: Uri?, purpose: Int, extras: Bundle?) = false
            override fun isEngagementSignalsApiAvailable(callback: ICustomTabsCallback, extras: Bundle) = false
            override fun setEngagementSignalsCallback(callback: ICustomTabsCallback, signals: android.os.IBinder, extras: Bundle) = false
        }

        override fun asBinder() = stub.asBinder()
    }

    private companion object {
        const val NAME = "com.example.browser"
    }
}
