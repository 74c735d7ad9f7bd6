/** Rows as users' files hold them: formats, the shapes that their fields have, what a row lacks. */
package dev.temper.trainers.data.raw;
