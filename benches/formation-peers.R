# install VERSION: anticlust from the archive of R packages; METHOD DIR SEED: groups of four for formation-peers.sh.
arguments <- commandArgs(trailingOnly = TRUE)
if (arguments[1] == "install") {
  library <- Sys.getenv("R_LIBS_USER")
  archive <- Sys.getenv("CRAN", "https://cloud.r-project.org")
  file <- sprintf("anticlust_%s.tar.gz", arguments[2])
  options(timeout = 20, warn = 2)
  place <- file.path(tempdir(), file)
  from <- c(file.path(archive, "src/contrib", file), file.path(archive, "src/contrib/Archive/anticlust", file))
  got <- FALSE
  for (address in from) {
    got <- got || tryCatch(download.file(address, place, quiet = TRUE) == 0, error = function(fault) FALSE)
  }
  if (!got) stop("the archive is out of reach")
  install.packages(place, lib = library, repos = NULL, type = "source")
} else {
  library(anticlust)
  set.seed(as.integer(arguments[3]))
  distances <- as.dist(as.matrix(read.csv(file.path(arguments[2], "distances.csv"), header = FALSE)))
  count <- attr(distances, "Size") / 4
  groups <- if (arguments[1] == "three-phase") {
    three_phase_search_anticlustering(as.matrix(distances), K = count, N = attr(distances, "Size"))
  } else {
    anticlustering(distances, K = count, objective = "diversity", method = arguments[1])
  }
  lines <- sprintf("%d,%d", seq_along(groups) - 1, as.integer(groups))
  writeLines(lines, file.path(arguments[2], paste0(arguments[1], ".csv")))
}
