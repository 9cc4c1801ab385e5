# What `cmake --install` puts in place: headers, the runtime's libraries behind mlp::runtime, mlpc and mlp, the
# catalog, the schemas of mlpc's JSON, and the package files for find_package(mlp CONFIG).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/runtime/include/mlp"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS mlp_runtime EXPORT mlpTargets)
foreach(target IN ITEMS mlp_core mlp_store mlp_transport mlp_engine mlpc mlp)
  if(TARGET ${target})
    install(TARGETS ${target} EXPORT mlpTargets)
  endif()
endforeach()

# mlp::loader brings the compiler, which needs the grammar's library: a set of its own, so that services
# without it need not have that library.
foreach(target IN ITEMS loader format pipeline evaluation prove diagram check model parse ast diag source grammar)
  install(TARGETS mlp_${target} EXPORT mlpLoaderTargets)
endforeach()

set(mlp_install_package "${CMAKE_INSTALL_LIBDIR}/cmake/mlp")
set(mlp_install_policies "${CMAKE_INSTALL_DATADIR}/mlp")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/policies/catalog" DESTINATION "${mlp_install_policies}"
        FILES_MATCHING PATTERN "*.mlp")
# The schemas of what mlpc prints as JSON.
file(GLOB mlp_schemas CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/compiler/*/schema/*.schema.json")
install(FILES ${mlp_schemas} DESTINATION "${mlp_install_policies}/schema")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

install(EXPORT mlpTargets NAMESPACE mlp:: DESTINATION "${mlp_install_package}")
install(EXPORT mlpLoaderTargets NAMESPACE mlp:: DESTINATION "${mlp_install_package}")
configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/mlpConfig.cmake.in" "${PROJECT_BINARY_DIR}/mlpConfig.cmake"
  INSTALL_DESTINATION "${mlp_install_package}" PATH_VARS mlp_install_policies)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/mlpConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/mlpConfig.cmake" "${PROJECT_BINARY_DIR}/mlpConfigVersion.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/MlpAddPolicy.cmake"
        DESTINATION "${mlp_install_package}")
