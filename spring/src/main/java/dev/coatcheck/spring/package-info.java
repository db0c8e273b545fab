/**
 * For Spring Boot 4 on a servlet container: {@code HttpSession} lives in a backing service as soon as this artifact is there
 * and {@code coatcheck.sessions.url} says where.
 */
@NullMarked
package dev.coatcheck.spring;

import org.jspecify.annotations.NullMarked;
