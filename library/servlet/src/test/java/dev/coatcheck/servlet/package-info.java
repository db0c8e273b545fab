@NullMarked
package dev.coatcheck.servlet;

import org.jspecify.annotations.NullMarked;
