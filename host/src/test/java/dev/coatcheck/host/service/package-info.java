@NullMarked
package dev.coatcheck.host.service;

import org.jspecify.annotations.NullMarked;
