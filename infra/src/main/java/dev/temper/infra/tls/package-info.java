/** Which certificates of servers are believed. */
package dev.temper.infra.tls;
