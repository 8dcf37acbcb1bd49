<?xml version="1.0" encoding="UTF-8"?>
<!-- The names of the example's strings, as Android's build makes them. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <xsl:template match="/resources">
    <xsl:text>package com.acme.notes&#10;&#10;object R {&#10;    object string {&#10;        const val secureflows_origin = 0&#10;</xsl:text>
    <xsl:for-each select="string">
      <xsl:value-of select="concat('        const val ', @name, ' = ', position(), '&#10;')"/>
    </xsl:for-each>
    <xsl:text>    }&#10;}&#10;</xsl:text>
  </xsl:template>
</xsl:stylesheet>
